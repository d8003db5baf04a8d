package netsuite

import (
	"fmt"
	"strings"
	"testing"

	"radioquote/quoting"
)

// BenchmarkPage reads a full page of the price matrix.
func BenchmarkPage(b *testing.B) {
	var rows []string
	for i := range pageSize {
		rows = append(rows, fmt.Sprintf(`{"links":[],"internalid":"%d","item":"%d","pricelevel":"1","currency":"1","quantity":"%d","unitprice":"361.9"}`, i+1, 1001+i/6, i%6*10))
	}
	body := fmt.Appendf(nil, `{"links":[],"count":%d,"hasMore":false,"items":[%s]}`, pageSize, strings.Join(rows, ","))
	known := &currencies{codes: map[int64]quoting.Currency{1: quoting.USD}}
	b.ReportAllocs()
	for b.Loop() {
		p, err := parsePage(body)
		if err != nil {
			b.Fatal(err)
		}
		for _, row := range p.rows {
			r := columns{row: row}
			if priceRow(&r, known); r.err != nil {
				b.Fatal(r.err)
			}
		}
	}
}
