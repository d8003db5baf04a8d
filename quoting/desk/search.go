package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"radioquote/quoting"
	"radioquote/store"
)

// pageSize is how many entries of a list are shown at once.
const pageSize = 10

// search writes the quotes that a message looks for, ten at a time.
func (t *turn) search(ctx context.Context, cmd quoting.Command) error {
	s := cmd.Slots
	search, period, whose, err := t.searchOf(ctx, s)
	if err != nil {
		return err
	}
	most := 0
	if s.Limit != nil {
		most = max(*s.Limit, 1)
	}
	search.Skip, search.Limit = max(s.Skip, 0), pageSize
	if most > 0 {
		search.Limit = min(pageSize, most-search.Skip)
	}
	if search.Limit < 1 {
		return t.notice(ctx, quoting.Notice{Text: "There are no more."})
	}
	listing, err := t.tx.Search(ctx, search)
	if err != nil {
		return err
	}
	if listing.Count == 0 {
		return t.list(ctx, t.nothingFound(s, period, whose), "")
	}
	shown := listing.Count
	if most > 0 {
		shown = min(shown, most)
	}
	n := quoting.Notice{Title: s.Searched(quoting.Thousands(listing.Count), listing.Count == 1, period, whose), Text: t.summedUp(listing, search, shown)}
	waiting := t.waiting()
	for _, f := range listing.Found {
		e, err := t.entry(ctx, f, waiting)
		if err != nil {
			return err
		}
		n.Entries = append(n.Entries, e)
	}
	if next := search.Skip + len(listing.Found); next < shown {
		more := quoting.Command{Intent: quoting.SearchQuotes, Slots: s}
		more.Slots.Skip = next
		n.Choices = append(n.Choices, quoting.Choice{Title: fmt.Sprintf("More (%s left)", quoting.Thousands(shown-next)), Command: more})
	}
	return t.list(ctx, n, "")
}

// summedUp says what of a list is shown, in which order, and what all of it comes to.
func (t *turn) summedUp(l store.Listing, s store.Search, shown int) string {
	order := map[string]string{"amount_desc": "the largest first", "amount_asc": "the smallest first", "date_asc": "the oldest first"}[s.Sort]
	switch {
	case order != "":
	case !s.ValidTo.IsZero():
		order = "what runs out first on top"
	default:
		order = "the newest first"
	}
	sums := "Together " + quoting.Sums(l.Sums)
	if l.Count == 1 {
		sums = "It comes to " + quoting.Sums(l.Sums)
	}
	if !t.Person.SeesAllPrices() {
		sums = quoting.Count(l.Count, "quote")
	}
	switch n := len(l.Found); {
	case l.Count == 1:
		return sums + "."
	case n == l.Count:
		return fmt.Sprintf("%s, %s.", sums, order)
	case s.Skip == 0 && n == shown:
		return fmt.Sprintf("%s. %d of %s, %s.", sums, n, quoting.Thousands(l.Count), order)
	default:
		return fmt.Sprintf("%s. %d–%d of %s, %s.", sums, s.Skip+1, s.Skip+n, quoting.Thousands(l.Count), order)
	}
}

// nothingFound says what was looked for, and offers to look without a part of it.
func (t *turn) nothingFound(s quoting.Slots, period quoting.Period, whose string) quoting.Notice {
	if s.Skip > 0 {
		return quoting.Notice{Text: "There are no more."}
	}
	if !s.Filtered(period) {
		return t.noQuote("There is no quote yet that you may see.")
	}
	n := quoting.Notice{Title: "No quotes found", Text: fmt.Sprintf("I looked for %s, among those that you may see. Leave a part of that out, or name it otherwise.", s.Searched("", false, period, whose))}
	without := func(title string, there bool, change func(*quoting.Slots)) {
		if there {
			again := quoting.Command{Intent: quoting.SearchQuotes, Slots: s}
			change(&again.Slots)
			n.Choices = append(n.Choices, quoting.Choice{Title: title, Command: again})
		}
	}
	without("At any time", s.Period != "" && s.Period != "all", func(s *quoting.Slots) { s.Period = "all" })
	without("In any state", s.Status != "", func(s *quoting.Slots) { s.Status = "" })
	without("Of anybody", s.Rep != "", func(s *quoting.Slots) { s.Rep = "" })
	without("For any customer", s.Customer != "", func(s *quoting.Slots) { s.Customer = "" })
	without("Of any amount", s.AmountMin != nil || s.AmountMax != nil, func(s *quoting.Slots) { s.AmountMin, s.AmountMax = nil, nil })
	if len(n.Choices) < 2 { // without that part it is a list of everything
		n.Choices = nil
		n.Examples = []string{"list my quotes", "quotes pending"}
	}
	return n
}

// searchOf is what the slots of a message look for: the period that they mean, and whose
// quotes they name. The error is of kind Invalid where they name what there is not.
func (t *turn) searchOf(ctx context.Context, s quoting.Slots) (store.Search, quoting.Period, string, error) {
	search := store.Search{Status: s.Status, AmountMin: s.AmountMin, AmountMax: s.AmountMax, Sort: s.Sort}
	if err := s.SearchProblem(); err != nil {
		return search, quoting.Period{}, "", err
	}
	period, err := quoting.ParsePeriod(s.Period, t.arrival.At.UTC())
	if err != nil {
		return search, period, "", err
	}
	search.Period = period
	whose, err := t.whose(ctx, s.Rep, &search)
	if err != nil {
		return search, period, "", err
	}
	if s.ExpiringWithinDays != nil {
		search.ValidFrom, search.ValidTo = t.arrival.At, t.arrival.At.AddDate(0, 0, max(*s.ExpiringWithinDays, 0))
		if search.Status == "" {
			search.Status = "open"
		}
	}
	if s.Customer != "" {
		if err := t.customersOf(ctx, s.Customer, &search); err != nil {
			return search, period, "", err
		}
	}
	if s.SKU != "" || s.Item != "" {
		search.SKUs = []string{strings.ToUpper(s.SKU)}
		if s.SKU == "" {
			book, err := t.Book()
			if err != nil {
				return search, period, "", err
			}
			search.SKUs = book.SKUs(t.Policy, s.Item)
		}
		if s.Qty != nil {
			search.Units = *s.Qty
		}
	}
	return search, period, whose, nil
}

// customersOf looks for a customer's quotes by the name that was typed.
func (t *turn) customersOf(ctx context.Context, name string, search *store.Search) error {
	names, err := t.tx.UnknownCustomers(ctx)
	if err != nil {
		return err
	}
	search.Named, search.Customers = true, []quoting.CustomerID{}
	search.Names = slices.DeleteFunc(names, func(written string) bool { return !quoting.NameFits(written, name) })
	if book := t.books.current.Load(); book != nil {
		for _, c := range book.CustomersLike(name) {
			search.Customers = append(search.Customers, c.ID)
		}
	}
	return nil
}

// whose has a search look for the quotes of me, of others, or of somebody who is named, and
// says of whom.
func (t *turn) whose(ctx context.Context, rep string, search *store.Search) (string, error) {
	switch rep {
	case "":
		return "", nil
	case "me":
		search.Owners = []int64{t.Person.RowID}
		return "you", nil
	case "others":
		search.NotOwner = t.Person.RowID
		return "others", nil
	}
	found, err := t.named(ctx, rep)
	for _, p := range found {
		search.Owners = append(search.Owners, p.RowID)
	}
	return quoting.Either(people(found)), err
}

// named are the people whom a name may mean. The error is of kind NotFound where there is
// nobody.
func (t *turn) named(ctx context.Context, name string) ([]store.Person, error) {
	all, err := t.tx.People(ctx)
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(slices.Clone(all), func(p store.Person) bool { return !strings.EqualFold(p.Name, name) && p.ID.Object != name })
	if len(found) == 0 {
		found = slices.DeleteFunc(all, func(p store.Person) bool { return !quoting.NameFits(p.Name, name) })
	}
	if len(found) == 0 {
		return nil, quoting.Errorf(quoting.NotFound, "I know nobody called %s. Write the name as Teams shows it.", name)
	}
	return found, nil
}

// colleague is the one person whom a name means. The error is of kind NotFound or Invalid.
func (t *turn) colleague(ctx context.Context, name string) (store.Person, error) {
	found, err := t.named(ctx, name)
	if err != nil {
		return store.Person{}, err
	}
	if len(found) > 1 {
		return store.Person{}, quoting.Errorf(quoting.Invalid, "Which %s? Write the whole name: %s.", name, quoting.Either(people(found)))
	}
	return found[0], nil
}

// waiting says who takes the steps that a quote that was found waits for, reading the
// organisation once for each owner.
func (t *turn) waiting() func(context.Context, store.Found) ([]store.Person, error) {
	known := map[int64]standing{}
	return func(ctx context.Context, f store.Found) ([]store.Person, error) {
		s, ok := known[f.OwnerRow]
		if !ok {
			var err error
			if s.Organisation, s.rows, err = t.tx.Organisation(ctx, f.OwnerRow, 0, 0, t.arrival.At); err != nil {
				return nil, err
			}
			known[f.OwnerRow] = s
		}
		s.Asked, s.Barred = f.Asked, t.barred(f.Version, t.arrival.At)
		var who []store.Person
		for _, d := range quoting.AllDeciders(s.OpenSteps(t.Policy, f.Quote.Quote, f.Version)) {
			who = append(who, store.Person{RowID: s.row(d.ID), Person: d.Person})
		}
		return who, nil
	}
}

// entry is a quote as a row of a list; a tap opens it.
func (t *turn) entry(ctx context.Context, f store.Found, waiting func(context.Context, store.Found) ([]store.Person, error)) (quoting.Entry, error) {
	who := ""
	if f.Version.State == quoting.Pending && len(f.Version.Approvals) > 0 {
		next, err := waiting(ctx, f)
		if err != nil {
			return quoting.Entry{}, err
		}
		who = firstNames(next)
	}
	notes := []string{quoting.Standing(f.State, f.Version.State, who), day(f.Version.CreatedAt, t.arrival.At)}
	if users := f.Version.Request.Users; users > 0 {
		notes = append(notes, quoting.Count(users, "radio"))
	}
	if f.OwnerRow != t.Person.RowID {
		notes = append(notes, f.OwnerName)
	}
	return quoting.Entry{
		Title: fmt.Sprintf("%s v%d · %s", f.ID, f.Current, nameOf(f.Version)), Note: strings.Join(notes, " · "), Value: t.value(f),
		Command: &quoting.Command{Intent: quoting.ShowQuote, Slots: quoting.Slots{QuoteID: f.ID}},
	}, nil
}

// nameOf is whom a version is for.
func nameOf(v quoting.Version) string {
	switch {
	case v.Customer.Name != "":
		return v.Customer.Name
	case v.CustomerText != "":
		return v.CustomerText
	default:
		return "no customer yet"
	}
}

// firstNames are people of whom one acts, by what they are called: "Morgan", "Finn or Vera".
func firstNames(all []store.Person) string {
	short := make([]quoting.Person, len(all))
	for i, p := range all {
		short[i].Name, _, _ = strings.Cut(p.Name, " ")
	}
	return quoting.Either(short)
}

// day is a date as people say it, with the year where it is another one.
func day(at, now time.Time) string {
	if at.UTC().Year() == now.UTC().Year() {
		return at.UTC().Format("2 Jan")
	}
	return at.UTC().Format("2 Jan 2006")
}

// moment is a time of today, or a date with it, in UTC.
func moment(at, now time.Time) string {
	if at.UTC().Format(time.DateOnly) == now.UTC().Format(time.DateOnly) {
		return at.UTC().Format("15:04")
	}
	return day(at, now) + at.UTC().Format(" 15:04")
}
