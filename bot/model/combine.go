package model

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"radioquote/bot/command"
	"radioquote/quoting"
)

// maxText is the longest message that the model is asked about, in characters.
const maxText = 400

// Unsure says whether a reading of the grammar may be helped: it found nothing in the
// message, or a draft or a question in it but did not make something of every word. What
// it refuses, takes for an act, an answer or a courtesy, or finds an error in, stands.
func Unsure(first quoting.Command) bool {
	if len(first.Errors) > 0 || first.Click != nil || strings.TrimSpace(first.Text) == "" || utf8.RuneCountInString(first.Text) > maxText {
		return false
	}
	// A script without capitals shows no names that could be hidden.
	if strings.ContainsFunc(first.Text, func(r rune) bool {
		return unicode.IsLetter(r) && !unicode.IsUpper(r) && !unicode.IsLower(r) && !unicode.IsTitle(r)
	}) {
		return false
	}
	return first.Intent == quoting.OutOfScope || first.Confidence < quoting.Sure && slices.Contains(proposable, first.Intent)
}

// Combined is what a message comes to, and how.
type Combined struct {
	Command quoting.Command
	Outcome Outcome
}

// Combine is the grammar's reading with what the model proposes, in the dialogue that the
// message is carried out in. A proposal is used where the grammar found nothing, and to
// fill in what it left out; where the two disagree on a number, the command asks which of
// them is meant.
func Combine(first, proposed quoting.Command, d quoting.Dialogue) Combined {
	switch {
	case !Unsure(first):
		return Combined{first, NotNeeded}
	case !slices.Contains(proposable, proposed.Intent):
		return Combined{first, NoIdea}
	case first.Intent == quoting.OutOfScope:
		c := with(first, proposed.Intent, proposed.Slots, d)
		if c.Intent == quoting.ReviseQuote && len(c.Slots.Changes) == 0 || c.Intent == quoting.CreateQuote && reflect.ValueOf(c.Slots).IsZero() {
			return Combined{first, NoIdea}
		}
		return Combined{c, Used}
	case first.Intent != proposed.Intent:
		return Combined{first, Differs}
	case disagree(numbers(first.Slots), numbers(proposed.Slots)):
		other := with(first, proposed.Intent, proposed.Slots, d)
		if len(other.Errors) > 0 {
			return Combined{first, Differs}
		}
		asked := first
		asked.Either = []quoting.Command{first, other}
		return Combined{asked, Asked}
	}
	c := with(first, first.Intent, filled(first.Slots, proposed.Slots), d)
	switch {
	case len(c.Errors) > 0:
		return Combined{first, Differs}
	case reflect.DeepEqual(c.Slots, first.Slots):
		return Combined{first, Agreed}
	}
	return Combined{c, Filled}
}

// with is the first reading's message with another content, checked.
func with(first quoting.Command, intent quoting.Intent, s quoting.Slots, d quoting.Dialogue) quoting.Command {
	c := first
	c.Intent, c.Slots, c.Guessed = intent, s, true
	return command.Check(c, d)
}

// numbers are the numbers of slots by where they stand: users, items.portable,
// changes.users. The direction of a change belongs to its number.
func numbers(s quoting.Slots) map[string]string {
	found := map[string]string{}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case json.Number:
			found[path] = v.String()
		case map[string]any:
			for name, inner := range v {
				walk(path+"."+name, inner)
			}
		case []any:
			for _, inner := range v {
				walk(path, inner)
			}
		}
	}
	for i := range s.Items {
		if qty := s.Items[i].Qty; qty != nil {
			walk("items."+s.Items[i].Item, asJSON(*qty))
		}
	}
	for _, c := range s.Changes {
		at := "changes." + c.Field + c.Item + strings.ToUpper(c.SKU)
		for _, v := range []any{asJSON(c.Value), asJSON(c.Qty)} {
			if n, ok := v.(json.Number); ok {
				found[at] = c.Op + " " + n.String()
			}
		}
	}
	versions := slices.Sorted(slices.Values(s.Versions))
	s.Items, s.Changes, s.Versions = nil, nil, nil
	walk("", asJSON(s))
	if len(versions) > 0 {
		found["versions"] = strings.Trim(string(mustJSON(versions)), "[]")
	}
	if s.PaymentTerms != "" {
		found["payment_terms"] = s.PaymentTerms
	}
	if s.QuoteID != 0 {
		found["quote_id"] = s.QuoteID.String()
	}
	return found
}

// disagree says whether two readings give a slot different numbers, or one number to
// different slots.
func disagree(a, b map[string]string) bool {
	for at, n := range b {
		if mine, ok := a[at]; ok {
			if mine != n {
				return true
			}
			continue
		}
		for elsewhere := range maps.Keys(a) {
			if _, both := b[elsewhere]; !both && a[elsewhere] == n {
				return true
			}
		}
	}
	return false
}

// filled are the first slots with what only the second say.
func filled(first, second quoting.Slots) quoting.Slots {
	out := first
	to, from := reflect.ValueOf(&out).Elem(), reflect.ValueOf(second)
	for i := range to.NumField() {
		if to.Field(i).IsZero() {
			to.Field(i).Set(from.Field(i))
		}
	}
	out.Items = slices.Clone(first.Items)
	for _, wish := range second.Items {
		switch at := slices.IndexFunc(out.Items, func(w quoting.ItemWish) bool { return w.Item == wish.Item }); {
		case at < 0:
			out.Items = append(out.Items, wish)
		case out.Items[at].Qty == nil:
			out.Items[at].Qty = wish.Qty
		}
	}
	out.Changes = slices.Clone(first.Changes)
	for _, c := range second.Changes {
		if !slices.ContainsFunc(out.Changes, func(o quoting.Change) bool {
			return o.Field == c.Field && o.Item == c.Item && strings.EqualFold(o.SKU, c.SKU)
		}) {
			out.Changes = append(out.Changes, c)
		}
	}
	return out
}

// asJSON is a value as JSON has it, its numbers as they are written.
func asJSON(v any) any {
	var out any
	decoder := json.NewDecoder(strings.NewReader(string(mustJSON(v))))
	decoder.UseNumber()
	if err := decoder.Decode(&out); err != nil {
		panic(err) // it is what mustJSON has written
	}
	return out
}

// mustJSON writes what has no way to fail: slots and their parts.
func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}
