package cards_test

import (
	"fmt"
	"strings"
	"testing"

	"radioquote/cards"
	"radioquote/quoting"
)

// lists are the cards of answers to questions about many things.
func lists() map[string]cards.Card {
	open := func(id quoting.QuoteID) *quoting.Command {
		return &quoting.Command{Intent: quoting.ShowQuote, Slots: quoting.Slots{QuoteID: id}}
	}
	search := quoting.Command{Intent: quoting.SearchQuotes, Slots: quoting.Slots{Status: "pending_approval", Skip: 10}}
	found := quoting.Notice{
		Title: "37 quotes, pending, from $50,000", Text: "Together $3,482,113.70. 1–10 of 37, the newest first.",
		Choices: []quoting.Choice{{Title: "More (27 left)", Command: search}},
	}
	names := []string{"Acme Construction", "Globex", "Initech Field Services and Maintenance of Greater Springfield", "St. Mary's Hospital", "City of Dayton"}
	for i := range 10 {
		found.Entries = append(found.Entries, quoting.Entry{
			Title: fmt.Sprintf("Q-%d v%d · %s", 1042-i, 1+i%3, names[i%5]), Note: "Pending with Morgan · 3 Nov · 40 radios · Riley Rep",
			Value: quoting.MustMoney(fmt.Sprintf("%d.70", 58_211+1_117*i), quoting.USD).Display(), Command: open(quoting.QuoteID(1042 - i)),
		})
	}
	approve := func(id quoting.QuoteID) *quoting.Command {
		return &quoting.Command{Intent: quoting.ApproveQuote, Slots: quoting.Slots{QuoteID: id}}
	}
	price := quoting.Notice{
		Title: "SUM-P40U: Summit 40 DMR portable UHF display/keypad, GPS, BT, trunking-ready (kit)", Figure: "$598.34 each",
		Text: "Prices for Globex, as of 09:12 UTC (Gold).", Points: []string{"50 of them: $29,917.00", "91 in stock, 160 on order: enough for 50"},
		Choices: []quoting.Choice{{Title: "Add 50 to Q-1042", Command: quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: 1042, Changes: []quoting.Change{{Op: "add", SKU: "SUM-P40U", Qty: new(50)}}}}}},
	}
	for _, b := range []struct{ title, value string }{{"1–9", "$657.60"}, {"10–24", "$637.87"}, {"25–49", "$618.14"}, {"50–99 ◂", "$598.34"}, {"100–249", "$578.69"}, {"250 and more", "$558.96"}} {
		price.Entries = append(price.Entries, quoting.Entry{Title: b.title, Value: b.value})
	}
	clone := func(id quoting.QuoteID) *quoting.Command {
		return &quoting.Command{Intent: quoting.CloneQuote, Slots: quoting.Slots{QuoteID: id, Location: "Toledo"}}
	}
	return map[string]cards.Card{
		"list-quotes": cards.Notice(found),
		"list-empty": cards.Notice(quoting.Notice{
			Title: "No quotes found", Text: "I looked for quotes pending, for Globex, this week, among those that you may see. Leave a part of that out, or name it otherwise.",
			Choices: []quoting.Choice{{Title: "At any time", Command: search}, {Title: "In any state", Command: search}, {Title: "For any customer", Command: search}},
		}),
		"list-approvals": cards.Notice(quoting.Notice{
			Title: "3 quotes wait for you", Text: "Together $182,300.00. The oldest since 09:12 UTC (2 h 10 min).",
			Entries: []quoting.Entry{
				{Title: "Q-1039 v2 · Acme Construction", Note: "Riley Rep · 2 h 10 min · The amount of $58,211.70 is over $50,000.00.", Value: "$58,211.70", Command: approve(1039)},
				{Title: "Q-1041 v1 · Globex", Note: "Rob Rep · 40 min · The discount of 9% on the whole quote is over 5%.", Value: "$31,066.60", Command: approve(1041)},
				{Title: "Q-1042 v3 · City of Dayton", Note: "Riley Rep · under a minute · NET60 is over 45 days.", Value: "$93,021.70", Command: approve(1042)},
			},
		}),
		"list-prices": cards.Notice(price),
		"list-stock": cards.Notice(quoting.Notice{
			Title: "Six-bank charger: 3 kinds", Text: "List prices, as of 09:12 UTC.",
			Entries: []quoting.Entry{
				{Title: "CHG-6B", Note: "6-bank multi-unit charger, A/B/D · 133 in stock, 80 on order: enough for 12", Value: "133", Command: &quoting.Command{Intent: quoting.StockCheck, Slots: quoting.Slots{SKU: "CHG-6B", Qty: new(12)}}},
				{Title: "CHG-6C", Note: "6-bank multi-unit charger, C/CX · 4 in stock: 8 short of 12, 14 days to get more", Value: "4", Command: &quoting.Command{Intent: quoting.StockCheck, Slots: quoting.Slots{SKU: "CHG-6C", Qty: new(12)}}},
				{Title: "CHG-6V", Note: "6-bank multi-unit charger, Vista (V) · not kept in stock", Value: "–", Command: &quoting.Command{Intent: quoting.StockCheck, Slots: quoting.Slots{SKU: "CHG-6V", Qty: new(12)}}},
			},
		}),
		"stock": cards.Notice(quoting.Notice{
			Title: "CHG-6C: 6-bank multi-unit charger, C/CX", Figure: "4", Text: "4 in stock: 8 short of 12, 14 days to get more, as of 09:12 UTC.",
			Choices: []quoting.Choice{{Title: "Quote 12", Command: quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Items: []quoting.ItemWish{{Item: "charger_6bank", Qty: new(12)}}}}}},
		}),
		"history": cards.Notice(quoting.Notice{
			Title: "History of Q-1042", Text: "14 events, the newest first; times are in UTC.", Quote: 1042, Version: 3,
			Entries: []quoting.Entry{
				{Title: "14:02", Note: "Morgan Manager approved v3 at a margin of 31.20%."},
				{Title: "13:40", Note: "NetSuite was asked for today's prices of v3: they hold."},
				{Title: "13:40", Note: "Riley Rep submitted v3: $48,310.20."},
				{Title: "24 Nov 16:31", Note: "Riley Rep made v3. Users: 38 → 40; Discount: $0.00 → $1,240.00; Total: $46,110.02 → $48,310.20; BAT-B: 4 → 5; and 3 more."},
			},
			Choices: []quoting.Choice{{Title: "More (10 left)", Command: quoting.Command{Intent: quoting.AuditHistory, Slots: quoting.Slots{QuoteID: 1042, Skip: 10}}}},
		}),
		"metric": cards.Notice(quoting.Notice{
			Title: "Win rate, last quarter", Figure: "62.5%", Text: "Won ÷ (won + lost), of the quotes that ended then. Of the quotes that you see: 5 of 8 quotes.",
			Entries: []quoting.Entry{{Title: "Q2 2026", Note: "11 of 20 quotes", Value: "55%"}},
		}),
		"picker": cards.Notice(quoting.Notice{
			Text: "Which one? There are 2 quotes for Acme:",
			Entries: []quoting.Entry{
				{Title: "Q-1042 v2 · Acme Construction", Note: "Draft · 3 Nov · 40 radios", Value: "$48,310.20", Command: clone(1042)},
				{Title: "Q-1017 v1 · Acme Schools", Note: "Won · 2 Jun 2025 · 25 radios", Value: "$21,007.00", Command: clone(1017)},
			},
		}),
		"what-if": cards.Notice(quoting.Notice{
			Title: "What if, for Q-1042", Text: "As it is, at $58,211.70, it needs the sales manager. No discount alone gets it past fewer people.", Quote: 1042, Version: 2,
			Entries: []quoting.Entry{
				{Title: "As it is", Note: "Sales manager · The amount of $58,211.70 is over $50,000.00.", Value: "$58,211.70"},
				{Title: "5% off", Note: "Sales manager · The amount of $55,312.10 is over $50,000.00.", Value: "$55,312.10"},
				{Title: "$8,211.70 off (14.2%)", Note: "Sales manager, then finance · The discount of 14.2% on the whole quote is over 12%.", Value: "$50,000.00"},
			},
		}),
	}
}

// rowsOf are the list's rows: what each shows, and what a tap on it sends.
func rowsOf(t *testing.T, c cards.Card) (rows []node) {
	t.Helper()
	body, _ := decoded(t, c)["body"].([]any)
	for _, e := range body {
		if n, ok := e.(node); ok && n["type"] == "Container" {
			rows = append(rows, n)
		}
	}
	return rows
}

func TestARowIsTappedAnywhereAndNumbered(t *testing.T) {
	t.Parallel()
	rows := rowsOf(t, lists()["list-quotes"])
	if len(rows) != 10 {
		t.Fatalf("%d rows", len(rows))
	}
	for i, row := range rows {
		tap, _ := row["selectAction"].(node)
		data, _ := tap["data"].(node)
		slots, _ := data["slots"].(node)
		if tap["type"] != "Action.Execute" || data["verb"] != "view" || slots["quote_id"] != fmt.Sprintf("Q-%d", 1042-i) || data["quote"] != nil {
			t.Errorf("row %d sends %v", i+1, tap)
		}
		if shown := fmt.Sprint(row["items"]); !strings.Contains(shown, fmt.Sprintf("text:%d  ", i+1)) || !strings.Contains(shown, ".70") {
			t.Errorf("row %d shows %s", i+1, shown)
		}
	}
	for _, row := range rowsOf(t, lists()["metric"]) {
		if row["selectAction"] != nil || strings.Contains(fmt.Sprint(row["items"]), "text:1  ") {
			t.Errorf("a row without a command is tapped: %v", row)
		}
	}
}

// TestALongListIsCutAndCounted has rows whose commands are as large as they come.
func TestALongListIsCutAndCounted(t *testing.T) {
	t.Parallel()
	n := quoting.Notice{Text: "Which one?"}
	for i := range 10 {
		n.Entries = append(n.Entries, quoting.Entry{
			Title: fmt.Sprintf("Q-%d", 1042-i), Note: strings.Repeat("note ", 100), Value: "$1.00",
			Command: &quoting.Command{Intent: quoting.ReviseQuote, Slots: quoting.Slots{QuoteID: 1042, Reason: strings.Repeat("r", 2000)}},
		})
	}
	c := cards.Notice(n)
	rows := rowsOf(t, c)
	if len(c.JSON) > 25_000 || len(rows) < 3 || len(rows) > 9 {
		t.Fatalf("%d rows in %d bytes", len(rows), len(c.JSON))
	}
	if left := fmt.Sprintf("and %d more", 10-len(rows)); !strings.Contains(string(c.JSON), left) {
		t.Errorf("the card does not say %q", left)
	}
}

func TestOthersTextInAListIsNoMarkup(t *testing.T) {
	t.Parallel()
	hostile := "<at>Morgan</at> [win](http://evil.example) **free** # 1\n- {{TIME(2026-01-01T00:00:00Z)}}"
	c := cards.Notice(quoting.Notice{Title: hostile, Figure: hostile, Text: hostile, Entries: []quoting.Entry{{Title: hostile, Note: hostile, Value: hostile, Command: &quoting.Command{Intent: quoting.Help}}}})
	walk(decoded(t, c), func(n node) {
		if n["type"] == "TextBlock" {
			t.Errorf("a list has the Markdown %v", n["text"])
		}
	})
}
