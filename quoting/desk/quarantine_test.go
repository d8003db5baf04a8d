package desk_test

import (
	"slices"
	"strings"
	"testing"

	"radioquote/netsuite/simulator"
	"radioquote/quoting"
)

// unit is what one piece of a SKU costs now in the book in force.
func (o *office) unit(sku string) string {
	o.t.Helper()
	book, err := o.Book()
	if err != nil {
		o.t.Fatal(err)
	}
	item, ok := book.Item(sku)
	if !ok {
		return "no item"
	}
	price, err := book.UnitPrice(item, quoting.Customer{}, quoting.USD, 1)
	if err != nil {
		return "not sellable"
	}
	return price.Price.Text()
}

func (o *office) setPrice(sku string, quantity int64, price string) {
	o.t.Helper()
	if err := o.netsuite.SetPrice(sku, "Base", quantity, price); err != nil {
		o.t.Fatal(err)
	}
}

// decide has Ada press the button of a card of held prices.
func (o *office) decide(intent quoting.Intent) quoting.Notice {
	o.t.Helper()
	m := o.teams.wait(o.t, "a card of held prices", func(m sent) bool {
		return m.chat == "a:ada" && m.content.Notice != nil && strings.HasPrefix(m.content.Notice.Title, "Prices held")
	})
	i := slices.IndexFunc(m.content.Notice.Choices, func(c quoting.Choice) bool { return c.Command.Intent == intent })
	if i < 0 {
		o.t.Fatalf("the card offers %+v", m.content.Notice.Choices)
	}
	return *o.click(ada, m.content.Notice.Choices[i].Command).Notice
}

// What looks wrong is held: the last good price stays, quotes go on, and an admin decides.
func TestAPriceThatLooksWrongIsHeldUntilAnAdminReleasesIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if err := o.Installed(t.Context(), o.arrival(ada)); err != nil {
		t.Fatal(err)
	}
	was := o.unit("BAT-C")
	o.setPrice("BAT-C", 1, "950.00") // a slipped decimal
	o.setPrice("RDG-P10U", 1, "240.00")
	s := o.sync()
	if len(s.Held) != 1 || s.Held[0].SKU != "BAT-C" || !s.Changed {
		t.Fatalf("held: %+v", s)
	}
	if got := o.unit("BAT-C"); got != was {
		t.Errorf("quotes are made at %s, want the last good %s", got, was)
	}
	if got := o.unit("RDG-P10U"); got != "240.00" {
		t.Errorf("an item that is right costs %s", got)
	}
	if again := o.sync(); len(again.Held) != 0 || again.Changed {
		t.Errorf("the same prices again: %+v", again)
	}
	if n := o.decide(quoting.ReleasePrices); !strings.Contains(n.Text, "BAT-C: released") {
		t.Errorf("the admin reads %q", n.Text)
	}
	o.eventually(1, `SELECT count(*) FROM holds WHERE state = 'published'`)
	if err := o.RefreshBook(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := o.unit("BAT-C"); got != "950.00" {
		t.Errorf("after the release it costs %s", got)
	}
	for _, kind := range []string{"prices_held", "prices_released"} {
		if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = $1`, kind); n != 1 {
			t.Errorf("%d events %s", n, kind)
		}
	}
	if n := o.decide(quoting.RefusePrices); !strings.Contains(n.Text, "decided already") {
		t.Errorf("a second decision reads %q", n.Text)
	}
}

func TestARefusedPriceStaysHeldUntilNetSuiteChanges(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if err := o.Installed(t.Context(), o.arrival(ada)); err != nil {
		t.Fatal(err)
	}
	was := o.unit("BAT-C")
	o.setPrice("BAT-C", 1, "950.00")
	o.sync()
	if n := o.decide(quoting.RefusePrices); !strings.Contains(n.Text, "refused") {
		t.Errorf("the admin reads %q", n.Text)
	}
	if s := o.sync(); len(s.Held) != 0 || o.unit("BAT-C") != was {
		t.Errorf("after the refusal: %+v at %s", s, o.unit("BAT-C"))
	}
	o.setPrice("BAT-C", 1, "96.00")
	if s := o.sync(); len(s.Held) != 0 || o.unit("BAT-C") != "96.00" {
		t.Errorf("once NetSuite is right: %+v at %s", s, o.unit("BAT-C"))
	}
	if n := o.count(`SELECT count(*) FROM holds WHERE state = 'over'`); n != 1 {
		t.Errorf("%d holds are over", n)
	}
}

func TestOnlyAnAdminDecidesOnHeldPrices(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.setPrice("BAT-C", 1, "950.00")
	s := o.sync()
	cmd := quoting.Command{Intent: quoting.ReleasePrices, Click: &quoting.Click{Holds: []int64{s.Held[0].ID}}}
	for _, p := range []quoting.Person{riley, morgan} {
		if _, err := o.Click(t.Context(), o.arrival(p), cmd); quoting.KindOf(err) != quoting.Forbidden {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	if n := o.count(`SELECT count(*) FROM holds WHERE state = 'held'`); n != 1 {
		t.Errorf("%d holds are still open", n)
	}
	cmd.Click.Holds = nil
	if _, err := o.Click(t.Context(), o.arrival(ada), cmd); quoting.KindOf(err) != quoting.Invalid {
		t.Errorf("a button without holds: %v", err)
	}
}

// Teams sends a click again when the answer to the first was lost on the way.
func TestAClickOnHeldPricesThatComesAgainSaysWhatItDid(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.sync()
	prices := map[string]string{"BAT-A": "0", "BAT-B": "0", "BAT-C": "950.00"}
	for sku, price := range prices {
		o.setPrice(sku, 1, price)
	}
	holds := map[string]int64{}
	for _, h := range o.sync().Held {
		holds[h.SKU] = h.ID
	}
	two := &quoting.Click{Holds: []int64{min(holds["BAT-A"], holds["BAT-B"])}, HoldsTo: max(holds["BAT-A"], holds["BAT-B"])}
	for _, tc := range []struct {
		intent quoting.Intent
		click  *quoting.Click
		want   string
	}{
		{quoting.RefusePrices, &quoting.Click{Holds: []int64{holds["BAT-C"]}}, "BAT-C: refused."},
		{quoting.ReleasePrices, two, "BAT-A, BAT-B: released."},
	} {
		a := o.arrival(ada)
		cmd := quoting.Command{Intent: tc.intent, Click: tc.click}
		for range 3 {
			c, err := o.Click(t.Context(), a, cmd)
			if err != nil || !strings.HasPrefix(c.Notice.Text, tc.want) {
				t.Errorf("%v, %+v; want %q", err, c.Notice, tc.want)
			}
			o.sync() // publishes what is released
		}
		if c := o.click(ada, cmd); !strings.Contains(c.Notice.Text, "decided already") {
			t.Errorf("a click of its own reads %q", c.Notice.Text)
		}
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind IN ('prices_released', 'prices_refused')`); n != 2 {
		t.Errorf("%d decisions are recorded", n)
	}
}

func TestAnAdminIsGreetedWithWhatComesToAnAdmin(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	boss := ada
	boss.ID.Object, boss.Roles = "boss", []quoting.Role{quoting.Admin, quoting.Rep}
	abe := quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "abe"}, Name: "Abe Auditor", Roles: []quoting.Role{quoting.Auditor}}
	if err := o.Enter(t.Context(), riley, ada, boss, finn, abe); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		who  quoting.Person
		want string
	}{
		{ada, "Held prices come here"},
		{boss, "Hello! I price two-way radio systems"},
		{finn, "Hello! Approvals come here"},
		{abe, "Hello! Every quote is open to you, to read"},
	} {
		if err := o.Installed(t.Context(), o.arrival(tc.who)); err != nil {
			t.Fatal(err)
		}
		m := o.teams.wait(t, "a greeting", func(m sent) bool { return m.chat == "a:"+tc.who.ID.Object })
		if n := m.content.Notice; !strings.Contains(n.Title, tc.want) || (len(n.Examples) == 0) != (tc.want == "Held prices come here") || slices.Contains(n.Examples, "quote 40 radios for 3 sites") != tc.who.MayQuote() {
			t.Errorf("%v reads %+v", tc.who.Roles, n)
		}
	}
}

// More than a few items that move at once are held, all of them: somebody imported a file.
func TestAPriceListThatMovesAtOnceIsHeld(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	if err := o.Installed(t.Context(), o.arrival(ada)); err != nil {
		t.Fatal(err)
	}
	skus := []string{"RDG-P10U", "RDG-P10V", "SUM-P20U", "SUM-P20V", "SUM-P40U", "SUM-P40V", "BAT-A", "BAT-B"}
	was := map[string]string{}
	for _, sku := range skus {
		was[sku] = o.unit(sku)
		o.setPrice(sku, 1, was[sku][:len(was[sku])-1]+"9") // a few cents
	}
	s := o.sync()
	if len(s.Held) != len(skus) || s.Held[0].Reasons[0].Rule != quoting.HoldMany {
		t.Fatalf("held: %+v", s.Held)
	}
	for _, sku := range skus {
		if got := o.unit(sku); got != was[sku] {
			t.Errorf("%s costs %s, want %s", sku, got, was[sku])
		}
	}
	o.decide(quoting.ReleasePrices) // the first one alone
	o.eventually(1, `SELECT count(*) FROM holds WHERE state IN ('released', 'published')`)
}

// An item that is wrong in the first sync has no price at all.
func TestANewItemThatLooksWrongIsNotSellable(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.setPrice("BAT-C", 1, "0")
	o.setPrice("BAT-A", 1, "-5")
	if err := o.netsuite.SetCost("BAT-B", "5000"); err != nil {
		t.Fatal(err)
	}
	s := o.sync()
	rules := map[string]quoting.HoldRule{}
	for _, h := range s.Held {
		rules[h.SKU] = h.Reasons[0].Rule
	}
	for sku, want := range map[string]quoting.HoldRule{"BAT-A": quoting.HoldNoPrice, "BAT-B": quoting.HoldUnderCost, "BAT-C": quoting.HoldNoPrice} {
		if rules[sku] != want || o.unit(sku) != "not sellable" {
			t.Errorf("%s: held for %q, priced at %s", sku, rules[sku], o.unit(sku))
		}
	}
}

// A live check never confirms a price that is held: NetSuite says another one.
func TestAQuoteAtAHeldPriceIsNotVerified(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.setPrice("SUM-P20U", 50, "600.00")
	o.sync()
	m := o.say(riley, large)
	v := o.shown(riley, "a moved price", func(v quoting.View) bool {
		return v.Quote == m.content.View.Quote && v.Check.State == quoting.Moved
	})
	if v.CanSubmit || v.Check.Moved[0].To.Text() != "600.00" {
		t.Errorf("%+v", v.Check)
	}
}

// What has changed is read; what NetSuite lost without a word is found by counting.
func TestASyncReadsWhatHasChangedAndFindsWhatIsGone(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.sync()
	if err := o.netsuite.SetCost("SUM-P20U", "240"); err != nil {
		t.Fatal(err)
	}
	s := o.sync()
	if s.Whole || !s.Changed || s.Rows != 2 {
		t.Errorf("a changed cost: %+v", s)
	}
	id, err := o.netsuite.AddCustomer(simulator.Customer{Name: "Zenith Mining"})
	if err != nil {
		t.Fatal(err)
	}
	o.sync()
	book, _ := o.Book()
	if c, ok := book.Customer(quoting.CustomerID(id)); !ok || c.Name != "Zenith Mining" {
		t.Errorf("a new customer: %+v, %t", c, ok)
	}
	if err := o.netsuite.DeleteCustomer(id); err != nil {
		t.Fatal(err)
	}
	if err := o.netsuite.DeleteItem("SUM-P40V"); err != nil {
		t.Fatal(err)
	}
	if s := o.sync(); s.Whole {
		t.Errorf("%+v", s)
	}
	book, _ = o.Book()
	if _, ok := book.Customer(quoting.CustomerID(id)); ok || o.unit("SUM-P40V") != "no item" {
		t.Errorf("what was deleted is still there: %t, %s", ok, o.unit("SUM-P40V"))
	}
}

// A role may lose a permission in the middle: what comes after is not worth the calls.
func TestASyncStopsAtTheFirstTableThatFails(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	o.sync()
	o.netsuite.Inject(
		simulator.Fault{Table: "pricelevel", Effect: simulator.Refuse(400, "USER_ERROR", "no")},
		simulator.Fault{Name: "read on", Route: simulator.RouteSuiteQL, Effect: simulator.Refuse(400, "USER_ERROR", "no")},
	)
	if _, err := o.Sync(t.Context(), "test"); err == nil || !strings.Contains(err.Error(), "price levels") {
		t.Errorf("without price levels: %v", err)
	}
	if n := o.netsuite.Fired()["read on"]; n != 0 {
		t.Errorf("%d requests after it", n)
	}
}

// Deletions are found by counting where NetSuite's list of them makes no sense.
func TestASyncDoesWithoutAListOfDeletionsThatMakesNoSense(t *testing.T) {
	t.Parallel()
	o := newQuietOffice(t)
	if _, err := o.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.sync()
	id, err := o.netsuite.AddCustomer(simulator.Customer{Name: "Zenith Mining"})
	if err != nil {
		t.Fatal(err)
	}
	o.sync()
	if err := o.netsuite.DeleteCustomer(id); err != nil {
		t.Fatal(err)
	}
	o.netsuite.Inject(simulator.Fault{Name: "deletions", Table: "deletedrecord", Effect: simulator.NoItems()})
	if s := o.sync(); s.Whole || o.netsuite.Fired()["deletions"] != 1 {
		t.Errorf("%+v, the list was asked for %d times", s, o.netsuite.Fired()["deletions"])
	}
	book, _ := o.Book()
	if _, ok := book.Customer(quoting.CustomerID(id)); ok {
		t.Error("a customer who was deleted is still there")
	}
}
