package bot_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"radioquote/bot/emulator"
	"radioquote/quoting"
)

// price is any amount; marginWords are how cards and notices speak of margin and cost.
var (
	price       = regexp.MustCompile(`\$[0-9]`)
	marginWords = regexp.MustCompile(`"Margin ?"|"Cost"|[Mm]argin of|The margin|[Cc]ost of`)
)

// secrets says whether the text holds a margin or a cost of any quote, or speaks of one.
func (h *house) secrets(t *testing.T, text string) bool {
	t.Helper()
	conn := must(pgx.Connect(t.Context(), h.db.SuperURL))(t)
	defer func() { check(t, conn.Close(context.WithoutCancel(t.Context()))) }()
	rows, _ := conn.Query(t.Context(), `
		SELECT margin::text || '%' FROM quote_versions WHERE margin IS NOT NULL
		UNION SELECT to_char(cost_total, 'FM999,999,990.00') FROM quote_versions WHERE cost_total > 0`)
	found := must(pgx.CollectRows(rows, pgx.RowTo[string]))(t)
	if len(found) == 0 {
		t.Error("no quote has a margin")
	}
	return marginWords.MatchString(text) || slices.ContainsFunc(found, func(secret string) bool { return strings.Contains(text, secret) })
}

// in writes in a room, mentioning the bot, and wants it taken.
func (h *house) in(t *testing.T, p emulator.Person, room, text string) {
	t.Helper()
	if status := must(h.teams.SayIn(t.Context(), p, room, text))(t); status != http.StatusOK {
		t.Fatalf("%q is answered %d", text, status)
	}
}

// posted waits for a message of the bot that everybody of a room sees, whose JSON has all of
// the texts.
func (h *house) posted(t *testing.T, p emulator.Person, room string, texts ...string) emulator.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return must(h.teams.WaitFor(ctx, p, func(m emulator.Message) bool {
		return strings.HasPrefix(m.Conversation, room) &&
			!slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(string(m.Activity), text) })
	}))(t)
}

// own has a person look at a room until that person's view of a message has all of the texts.
func (h *house) own(t *testing.T, p emulator.Person, m emulator.Message, texts ...string) emulator.Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		must(h.teams.Look(ctx, p, m.Conversation))(t)
		seen := h.view(t, p, m)
		if shows(seen, texts...) {
			return seen
		}
		if ctx.Err() != nil {
			t.Fatalf("%s does not see %q on %s", p.Name, texts, seen.Card)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// view is what a person sees of a message now.
func (h *house) view(t *testing.T, p emulator.Person, m emulator.Message) emulator.Message {
	t.Helper()
	all := h.teams.Messages(p)
	i := slices.IndexFunc(all, func(other emulator.Message) bool { return other.ID == m.ID })
	if i < 0 {
		t.Fatalf("%s does not see message %s", p.Name, m.ID)
	}
	return all[i]
}

// left is everything that the bot has sent to a room for everybody.
func (h *house) left(p emulator.Person, room string) string {
	var all strings.Builder
	for _, m := range h.written(p) {
		if strings.HasPrefix(m.Conversation, room) {
			all.Write(m.Activity)
			for _, earlier := range m.History {
				all.Write(earlier)
			}
		}
	}
	return all.String()
}

func TestARoomSeesANumberAndAStateAndEachPersonTheRest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, room := range map[string]string{"group": h.teams.AddGroup(riley, morgan, sam), "channel": h.teams.AddChannel(riley, morgan, sam)} {
		h.in(t, riley, room, fmt.Sprintf("quote %d radios for 3 sites, construction, Acme Construction", 40+len(name)))
		card := h.posted(t, sam, room, "Draft", `"verb":"view"`, riley.UserID)
		asked := h.teams.Messages(riley)[len(h.teams.Messages(riley))-2]
		if name == "channel" && (card.Conversation != asked.Conversation || !strings.Contains(card.Conversation, ";messageid=")) {
			t.Errorf("asked in %s, answered in %s", asked.Conversation, card.Conversation)
		}
		for who, see := range map[*emulator.Person][]string{
			&riley:  {"$", "Acme Construction", "radio"},
			&morgan: {"$", "Acme Construction", "radio"},
		} {
			answer := must(h.teams.Click(t.Context(), *who, card.ID, "view", nil))(t)
			if !shows(emulator.Message{Card: answer.Card}, see...) || h.secrets(t, string(answer.Card)) {
				t.Errorf("%s: %s opens %s %s", name, who.Name, answer.Message, answer.Card)
			}
		}
		answer := must(h.teams.Click(t.Context(), sam, card.ID, "view", nil))(t)
		if !shows(emulator.Message{Card: answer.Card}, "is for its owner's team", "Q-100", "Draft") || price.MatchString(string(answer.Card)) || strings.Contains(string(answer.Card), "refresh") {
			t.Errorf("%s: somebody without a role opens %s %s", name, answer.Message, answer.Card)
		}
		if all := h.left(sam, room); price.MatchString(all) || strings.Contains(all, "Acme") || h.secrets(t, all) {
			t.Errorf("%s: everybody has got %s", name, all)
		}
	}
}

func TestACardInARoomFollowsItsQuoteForEverybody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	check(t, h.teams.Install(t.Context(), morgan))
	room := h.teams.AddGroup(riley, morgan)
	h.in(t, morgan, room, "help") // from now on the room knows her
	h.in(t, riley, room, large)
	card := h.posted(t, riley, room, "Q-1001 v1", "Draft")
	h.own(t, riley, card, "Verified", `"verb":"submit"`)
	h.own(t, morgan, card, "$", "Riley Rep")

	h.in(t, riley, room, "make it 65")
	h.posted(t, morgan, room, "Q-1001 v2")
	h.own(t, morgan, card, "Q-1001 v2", "65 radios")
	h.own(t, riley, card, "Verified", `"verb":"submit"`)

	answer := must(h.teams.Click(t.Context(), riley, card.ID, "submit", nil))(t)
	if !strings.Contains(string(answer.Card), "Waiting for") || strings.Contains(string(h.view(t, morgan, card).Card), `"verb":"submit"`) {
		t.Errorf("submit is answered %s %s", answer.Message, answer.Card)
	}
	h.posted(t, riley, room, "Waiting for approval")
	deciding := h.own(t, morgan, card, `"verb":"approve"`, "Margins are in your own chat")
	if strings.Contains(string(h.own(t, riley, card, "Waiting for ").Card), `"verb":"approve"`) {
		t.Error("the rep is offered the approval")
	}
	answer = must(h.teams.Click(t.Context(), morgan, deciding.ID, "approve", nil))(t)
	if !strings.Contains(string(answer.Card), "Approved by ") {
		t.Fatalf("approve is answered %s %s", answer.Message, answer.Card)
	}
	h.posted(t, riley, room, "Q-1001 v2", "Approved")
	h.own(t, riley, card, "Approved by ", "Morgan Manager")
	if all := h.left(riley, room); price.MatchString(all) || h.secrets(t, all) {
		t.Errorf("everybody has got %s", all)
	}
	for _, p := range []emulator.Person{riley, morgan} {
		if seen := string(h.view(t, p, card).Card); h.secrets(t, seen) {
			t.Errorf("%s sees a margin in a room: %s", p.Name, seen)
		}
	}
}

func TestTheOwnerSharesAVersionAndItEndsWithIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	room := h.teams.AddGroup(riley, morgan, sam)
	h.in(t, riley, room, large)
	card := h.posted(t, sam, room, "Q-1001 v1", "Draft")
	h.in(t, morgan, room, "share Q-1001 here")
	refused := h.posted(t, morgan, room, "An answer for ", "Morgan Manager")
	h.own(t, morgan, refused, "Q-1001 is somebody else's; only its owner shares it.")
	if all := h.left(sam, room); price.MatchString(all) {
		t.Fatalf("shared by somebody else: %s", all)
	}

	h.in(t, riley, room, "share Q-1001 here")
	shared := h.posted(t, sam, room, "Shared by Riley Rep", "Acme Construction", "Total without tax", "$")
	if shared.ID == card.ID {
		shared = h.posted(t, sam, room, "Shared by Riley Rep") // the earlier card says it, too
	}
	if seen := string(h.view(t, sam, shared).Card); !price.MatchString(seen) || h.secrets(t, seen) || strings.Contains(seen, "approv") {
		t.Errorf("somebody without a role sees %s", seen)
	}

	h.in(t, riley, room, "make it 65")
	h.posted(t, sam, room, "Q-1001 v2")
	h.gone(t, sam, room, "Shared by")

	h.own(t, riley, card, `"verb":"share"`)
	answer := must(h.teams.Click(t.Context(), riley, card.ID, "share", nil))(t)
	if !strings.Contains(string(answer.Card), "Stop sharing") {
		t.Errorf("share is answered %s %s", answer.Message, answer.Card)
	}
	h.posted(t, sam, room, "Q-1001 v2", "Shared by Riley Rep")
	h.in(t, riley, room, "unshare Q-1001")
	h.gone(t, sam, room, "Shared by")
	for kind, want := range map[string]int{"quote_shared": 2, "quote_unshared": 1} {
		if n := h.count(t, `SELECT count(*) FROM audit_events WHERE kind = '`+kind+`'`); n != want {
			t.Errorf("%d events %s, want %d", n, kind, want)
		}
	}
	if all := h.left(sam, room); h.secrets(t, all) {
		t.Errorf("everybody has got %s", all)
	}

	h.say(t, riley, "share Q-1001 here")
	h.sees(t, riley, "Write that in the group chat or the channel")
}

// gone waits until no card that everybody of a room sees has the text.
func (h *house) gone(t *testing.T, p emulator.Person, room, text string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if !slices.ContainsFunc(h.written(p), func(m emulator.Message) bool {
			return strings.HasPrefix(m.Conversation, room) && strings.Contains(string(m.Activity), text)
		}) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the room still sees %q", text)
		}
	}
}

func TestANoticeInARoomIsForWhomItAnswers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	room := h.teams.AddGroup(riley, morgan, sam)
	h.in(t, riley, room, large)
	h.posted(t, riley, room, "Q-1001 v1")
	h.in(t, riley, room, "why this price")
	answer := h.posted(t, sam, room, "An answer for ", "Riley Rep", `"verb":"read"`)
	h.own(t, riley, answer, "Why Q-1001 is $", "From list to total")
	for _, p := range []emulator.Person{morgan, sam} {
		got := must(h.teams.Click(t.Context(), p, answer.ID, "read", nil))(t)
		if got.Card != nil || got.Message == "" {
			t.Errorf("%s opens %s", p.Name, got.Card)
		}
	}
	h.in(t, morgan, room, "why this price of Q-1001")
	morgans := h.posted(t, sam, room, "An answer for ", "Morgan Manager")
	if seen := string(h.own(t, morgan, morgans, "Why Q-1001 is $").Card); h.secrets(t, seen) {
		t.Errorf("a margin in a room: %s", seen)
	}

	// The number of somebody's answer, in another place or by somebody else, opens nothing.
	data := buttonData(t, answer.Activity, "read")
	for name, click := range map[string]map[string]any{
		"somebody else's":   h.teams.Invoke(morgan, answer, "read", data),
		"in another chat":   h.teams.Invoke(riley, emulator.Message{ID: "1", Conversation: h.teams.ChatID(riley)}, "read", data),
		"no such answer":    h.teams.Invoke(riley, answer, "read", map[string]any{"verb": "read", "message": 4711}),
		"a card of a quote": h.teams.Invoke(riley, answer, "read", map[string]any{"verb": "read", "message": 1}),
	} {
		if got := must(h.teams.Execute(t.Context(), riley, click))(t); got.Card != nil || !strings.Contains(got.Message, "for somebody else") {
			t.Errorf("%s: %s %s", name, got.Message, got.Card)
		}
	}

	h.in(t, sam, room, "help")
	if seen := h.posted(t, sam, room, "I price two-way radio systems"); strings.Contains(string(seen.Activity), "imBack") {
		t.Error("help in a room has buttons that would write into it")
	}
	if all := h.left(sam, room); price.MatchString(all) {
		t.Errorf("everybody has got %s", all)
	}
}

func TestEachPersonOfARoomTalksAboutTheirOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	room := h.teams.AddGroup(riley, morgan, sam)
	h.in(t, riley, room, "quote 40 radios for 3 sites, construction, Acme Construction")
	h.posted(t, riley, room, "Q-1001 v1")
	h.in(t, morgan, room, "quote 20 radios for 1 site, retail, Acme Construction")
	h.posted(t, riley, room, "Q-1002 v1")
	h.in(t, riley, room, "make it 45")
	first := h.posted(t, riley, room, "Q-1001 v2")
	h.own(t, riley, first, "Q-1001 v2", "45 radios")
	h.in(t, morgan, room, "make it 25")
	second := h.posted(t, riley, room, "Q-1002 v2")
	h.own(t, morgan, second, "Q-1002 v2", "25 radios")
	h.in(t, morgan, room, "make Q-1001 50 radios")
	refused := h.posted(t, morgan, room, "An answer for ", "Morgan Manager")
	h.own(t, morgan, refused, "Q-1001 is somebody else's; only its owner changes it.")
}

func TestWhoIsMentionedIsNoCustomerAndWhatIsQuotedIsNotRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	room := h.teams.AddGroup(riley, morgan, sam)
	h.in(t, riley, room, "quote 40 radios for 3 sites, construction, @Morgan Manager")
	card := h.posted(t, riley, room, "Q-1001 v1")
	if seen := string(h.own(t, riley, card, "$").Card); strings.Contains(seen, "Morgan Manager  ") || !strings.Contains(seen, "No customer yet") {
		t.Errorf("the quote is for %s", seen)
	}

	// What people say to each other is not for the bot.
	a := h.teams.Activity(riley, "quote 41 radios for 3 sites")
	a["conversation"] = map[string]any{"id": room, "conversationType": "groupChat", "tenantId": tenant, "isGroup": true}
	if response := must(h.teams.Send(t.Context(), a))(t); response.Status != http.StatusOK {
		t.Errorf("what is said to others is answered %d", response.Status)
	}

	h.in(t, sam, room, "quote 500 radios for 9 sites")
	theirs := h.teams.Messages(sam)
	if status := must(h.teams.ReplyIn(t.Context(), riley, theirs[len(theirs)-2].ID, "make it 42"))(t); status != http.StatusOK {
		t.Errorf("a reply is answered %d", status)
	}
	card = h.posted(t, riley, room, "Q-1001 v2")
	h.own(t, riley, card, "42 radios")
	if n := h.count(t, `SELECT count(*) FROM quotes`); n != 1 {
		t.Errorf("%d quotes, want one", n)
	}
}

func TestARoomHelpsWhoHasNoRoleAndSaysNothingElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	room := h.teams.AddGroup(riley, morgan, sam)
	h.in(t, riley, room, large)
	card := h.posted(t, sam, room, "Q-1001 v1")
	before := len(h.written(sam))
	for _, text := range []string{"quote 40 radios for 3 sites", "status Q-1001", "status Q-4711", "share Q-1001 here", "make Q-1001 45 radios", "why this price of Q-1001"} {
		h.in(t, sam, room, text)
	}
	h.say(t, riley, "help")
	h.sees(t, riley, "I price two-way radio systems")
	for deadline := time.Now().Add(20 * time.Second); len(h.written(sam)) < before+6; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not everything was answered")
		}
	}
	for _, m := range h.written(sam)[before:] {
		if !shows(m, "I price two-way radio systems") || strings.Contains(string(m.Activity), "Q-1001") || strings.Contains(string(m.Activity), sam.ObjectID) {
			t.Errorf("answered %s", m.Activity)
		}
	}

	// A button for a quote that has no card here is answered as one for no quote at all.
	h.say(t, riley, "quote 12 radios for 1 site, retail, Acme Construction")
	h.sees(t, riley, "Q-1002")
	answers := map[string]bool{}
	for _, quote := range []string{"Q-1002", "Q-4711"} {
		click := h.teams.Invoke(sam, card, "view", map[string]any{"verb": "view", "quote": quote, "version": 1})
		got := must(h.teams.Execute(t.Context(), sam, click))(t)
		answers[strings.ReplaceAll(got.Message+string(got.Card), quote, "Q")] = true
	}
	if len(answers) != 1 {
		t.Errorf("a quote that is there is told from one that is not: %v", answers)
	}
	if n := h.count(t, `SELECT count(*) FROM quotes`); n != 2 {
		t.Errorf("%d quotes, want two", n)
	}
}

// TestWhatEachRoleSeesInARoom is the table of who sees what of a quote that is posted in a
// room, before and after its owner shares it.
func TestWhatEachRoleSeesInARoom(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := func(p emulator.Person) quoting.PersonID { return quoting.PersonID{Tenant: tenant, Object: p.ObjectID} }
	rows := []struct {
		name   string
		who    emulator.Person
		roles  []quoting.Role
		team   string
		opens  bool // a view of their own
		shares bool
	}{
		{"its owner", riley, []quoting.Role{quoting.Rep}, "midwest", true, true},
		{"the owner's manager", morgan, []quoting.Role{quoting.SalesManager}, "midwest", true, false},
		{"another rep of the team", emulator.Person{Name: "Tess Team"}, []quoting.Role{quoting.Rep}, "midwest", true, false},
		{"a rep of another team", emulator.Person{Name: "Otis Other"}, []quoting.Role{quoting.Rep}, "south", false, false},
		{"finance", emulator.Person{Name: "Fran Finance"}, []quoting.Role{quoting.Finance}, "", true, false},
		{"a vice president", emulator.Person{Name: "Vic Veep"}, []quoting.Role{quoting.VP}, "", true, false},
		{"the owner of the company", emulator.Person{Name: "Olga Owner"}, []quoting.Role{quoting.Owner}, "", true, false},
		{"engineering", emulator.Person{Name: "Eve Engineer"}, []quoting.Role{quoting.Engineering}, "", true, false},
		{"an auditor", emulator.Person{Name: "Abe Auditor"}, []quoting.Role{quoting.Auditor}, "", true, false},
		{"an admin", emulator.Person{Name: "Ada Admin"}, []quoting.Role{quoting.Admin}, "", false, false},
		{"somebody without a role", sam, nil, "", false, false},
	}
	var directory []quoting.Person
	var everybody []emulator.Person
	for i := range rows {
		row := &rows[i]
		if row.who.UserID == "" {
			row.who.UserID, row.who.ObjectID = fmt.Sprintf("29:%d", i), fmt.Sprintf("dd000000-0000-4000-8000-%012d", i)
			check(t, h.teams.AddPerson(row.who))
		}
		everybody = append(everybody, row.who)
		if row.roles != nil {
			p := quoting.Person{ID: id(row.who), Name: row.who.Name, Roles: row.roles, Team: row.team}
			if row.who == riley {
				p.Manager = id(morgan)
			}
			directory = append(directory, p)
		}
	}
	check(t, h.desk.Prepare(t.Context(), directory, "two"))
	room := h.teams.AddGroup(everybody...)
	for _, row := range rows {
		if row.who != riley {
			h.in(t, row.who, room, "help")
		}
	}
	h.in(t, riley, room, large)
	card := h.posted(t, riley, room, "Q-1001 v1", "Draft")

	look := func(when string, shared bool) {
		for _, row := range rows {
			everybodys := string(card.Activity)
			if shared {
				everybodys = string(h.posted(t, row.who, room, "Q-1001 v1", "Shared by Riley Rep").Activity)
			}
			if price.MatchString(everybodys) != shared || strings.Contains(everybodys, "Acme") != shared || h.secrets(t, everybodys) {
				t.Errorf("%s, everybody sees %s", when, everybodys)
			}
			if named := strings.Contains(everybodys, `"`+row.who.UserID+`"`); named != row.opens {
				t.Errorf("%s, the card opens by itself for %s: %t", when, row.name, named)
			}
			click := h.teams.Invoke(row.who, card, "view", map[string]any{"verb": "view", "quote": "Q-1001", "version": 1})
			got := string(must(h.teams.Execute(t.Context(), row.who, click))(t).Card)
			technical := row.name == "engineering" // its own view has no prices, what is shared has
			if price.MatchString(got) != (row.opens && !technical || shared && !row.opens) || strings.Contains(got, "Acme") != (row.opens || shared) || h.secrets(t, got) {
				t.Errorf("%s, %s opens %s", when, row.name, got)
			}
			if refused := strings.Contains(got, "is for its owner's team"); refused == row.opens {
				t.Errorf("%s, %s is refused: %t", when, row.name, refused)
			}
			if strings.Contains(got, `"verb":"refresh"`) || strings.Contains(got, `"refresh"`) != row.opens {
				t.Errorf("%s, what %s opens is kept up to date: %s", when, row.name, got)
			}
			if offered := strings.Contains(got, `"verb":"share"`) || strings.Contains(got, `"verb":"unshare"`); offered != row.shares {
				t.Errorf("%s, %s may share: %t", when, row.name, offered)
			}
		}
	}
	look("before it is shared", false)
	for _, row := range rows {
		if !row.shares {
			click := h.teams.Invoke(row.who, card, "share", map[string]any{"verb": "share", "quote": "Q-1001", "version": 1})
			if got := must(h.teams.Execute(t.Context(), row.who, click))(t); strings.Contains(string(got.Card), "Stop sharing") {
				t.Errorf("%s has shared it", row.name)
			}
		}
	}
	h.in(t, riley, room, "share Q-1001 here")
	look("shared", true)
}
