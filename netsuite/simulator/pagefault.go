package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
)

// Page is a page of SuiteQL's answer as a fault may change it.
type Page struct {
	Rows         []map[string]string
	Count        int
	HasMore      bool
	TotalResults int
}

// EditPage changes a page of SuiteQL on its way. An answer that is no page stays as it is.
func EditPage(edit func(*Page)) Effect {
	return func(x exchange) {
		c := x.commit()
		if c.status != http.StatusOK {
			c.send(x.w)
			return
		}
		body, err := editPage(c.body.Bytes(), edit)
		if err != nil {
			writeError(x.w, err)
			return
		}
		c.body = *bytes.NewBuffer(body)
		c.send(x.w)
	}
}

func editPage(body []byte, edit func(*Page)) ([]byte, error) {
	var envelope pageEnvelope
	if err := json.Unmarshal(body, &envelope); err != nil {
		return nil, fmt.Errorf("edit page: %w", err)
	}
	var items []map[string]any
	if err := json.Unmarshal(envelope.Items, &items); err != nil {
		return nil, fmt.Errorf("edit page's rows: %w", err)
	}
	page := Page{Count: envelope.Count, HasMore: envelope.HasMore, TotalResults: envelope.TotalResults}
	for _, item := range items {
		row := make(map[string]string, len(item))
		for name, v := range item {
			if s, ok := v.(string); ok {
				row[name] = s
			}
		}
		page.Rows = append(page.Rows, row)
	}
	edit(&page)
	items = make([]map[string]any, 0, len(page.Rows))
	for _, row := range page.Rows {
		item := map[string]any{"links": []link{}}
		for name, v := range row {
			item[name] = v
		}
		items = append(items, item)
	}
	var err error
	if envelope.Items, err = json.Marshal(items); err != nil {
		return nil, fmt.Errorf("edit page's rows: %w", err)
	}
	envelope.Count, envelope.HasMore, envelope.TotalResults = page.Count, page.HasMore, page.TotalResults
	return json.Marshal(envelope)
}

// HasMore makes hasMore say so, whatever is true.
func HasMore(says bool) Effect {
	return EditPage(func(p *Page) { p.HasMore = says })
}

// DuplicateRow repeats the page's first row at its end, and counts it.
func DuplicateRow() Effect {
	return EditPage(func(p *Page) {
		if len(p.Rows) > 0 {
			p.Rows = append(p.Rows, maps.Clone(p.Rows[0]))
			p.Count++
		}
	})
}

// MissingRow leaves the page's first row out and hides the gap from every number on the page.
func MissingRow() Effect {
	return EditPage(func(p *Page) {
		if len(p.Rows) > 0 {
			p.Rows = slices.Delete(p.Rows, 0, 1)
			p.Count--
			p.TotalResults--
		}
	})
}

// ShortPage sends only the first rows of the page, and counts them all.
func ShortPage(rows int) Effect {
	return EditPage(func(p *Page) { p.Rows = p.Rows[:min(rows, len(p.Rows))] })
}

// ShuffledRows sends the page's rows in another order than was asked for.
func ShuffledRows() Effect {
	return EditPage(func(p *Page) { slices.Reverse(p.Rows) })
}

// TotalResults makes totalResults wrong by so many.
func TotalResults(more int) Effect {
	return EditPage(func(p *Page) { p.TotalResults += more })
}

// RepeatedRow begins every page that follows another one with the last row of that one.
func RepeatedRow() Effect {
	var mu sync.Mutex
	var last map[string]string
	return EditPage(func(p *Page) {
		mu.Lock()
		defer mu.Unlock()
		before := last
		last = nil
		if p.HasMore && len(p.Rows) > 0 {
			last = maps.Clone(p.Rows[len(p.Rows)-1])
		}
		if before != nil {
			p.Rows = slices.Insert(p.Rows, 0, before)
			p.Count++
		}
	})
}

// StuckPage sends the first page that has another one after it over and over.
func StuckPage() Effect {
	var mu sync.Mutex
	var first *Page
	return EditPage(func(p *Page) {
		mu.Lock()
		defer mu.Unlock()
		if first == nil && p.HasMore {
			first = &Page{p.Rows, p.Count, p.HasMore, p.TotalResults}
		}
		if first != nil && p.TotalResults > 1 {
			*p = *first
		}
	})
}

// Meanwhile changes the account before the answer is made: between two pages of a table, say.
func Meanwhile(change func(*Simulator) error) Effect {
	return func(x exchange) {
		if err := change(x.simulator); err != nil {
			writeError(x.w, err)
			return
		}
		x.next(x.w, x.r)
	}
}
