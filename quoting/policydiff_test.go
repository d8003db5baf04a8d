package quoting_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"radioquote/quoting"
)

// edited is the default policy after some replacements in its text.
func edited(t testing.TB, fromTo ...string) *quoting.Policy {
	t.Helper()
	p, err := quoting.ParsePolicy([]byte(strings.NewReplacer(fromTo...).Replace(string(demoPolicy(t).Text))))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatAPolicyChangesIsNamedFieldByField(t *testing.T) {
	t.Parallel()
	now := demoPolicy(t)
	for _, tc := range []struct {
		name   string
		policy *quoting.Policy
		want   []string
	}{
		{"itself", now, nil},
		{"a remark and a blank line", edited(t, "valid_days: 30", "\nvalid_days: 30 # a month"), nil},
		{"a limit of approval", edited(t, `amount:      ["50000.00"`, `amount:      ["75000.00"`), []string{"approval.amount[0]: 50000.00 → 75000.00"}},
		{"a limit of an industry and the validity", edited(t, "typical: 12, high: 60}", "typical: 12, high: 70}", "valid_days: 30", "valid_days: 45"),
			[]string{"industries.retail.users_a_site.high: 60 → 70", "valid_days: 30 → 45"}},
		{"a feature more", edited(t, "display: trunked,", "display: trunked, siren: trunked,"), []string{"features.siren: none → trunked"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, turned := range []bool{false, true} {
				a, b := now, tc.policy
				if turned {
					a, b = b, a
				}
				changes, err := quoting.DiffPolicies(a, b)
				if err != nil || len(changes) != len(tc.want) {
					t.Fatalf("%v, %v", changes, err)
				}
				for i, c := range changes {
					if turned {
						c.Old, c.New = c.New, c.Old
					}
					if c.String() != tc.want[i] {
						t.Errorf("%s, want %s", c, tc.want[i])
					}
				}
			}
		})
	}
}

func TestEveryFaultOfAPolicyIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	text := string(demoPolicy(t).Text)
	line := func(of string) int { return 1 + strings.Count(text[:strings.Index(text, of)], "\n") }
	broken := strings.NewReplacer("valid_days: 30", "valid_days: 0", "load: heavy, ", "load: huge, ", `margin:      ["30", "25"`, `margin:      ["30", "35"`, "tell_days: 5", "tell_days: 0",
		"name_likeness: 55", "name_likeness: 155", "block: 2, low: 3,", "block: 9, low: 3,").Replace(text)
	_, err := quoting.ParsePolicy([]byte(broken))
	sentence, _ := quoting.Sentence(err)
	for _, want := range []string{
		fmt.Sprintf("line %d: valid_days is 0; it is at least 1", line("valid_days: 30")),
		fmt.Sprintf("line %d: industries.events.load is the unknown \"huge\"", line("  events:  ")),
		fmt.Sprintf("line %d: approval.margin[1] is easier to pass than the level below it", line("  margin:      [")),
		fmt.Sprintf("line %d: expiry.tell_days is 0", line("expiry:")),
		fmt.Sprintf("line %d: duplicates.name_likeness is 155; it is a percentage of 1 to 100", line("name_likeness: 55")),
		fmt.Sprintf("line %d: industries.retail.users_a_site is not in order", line("  retail: ")),
	} {
		if !strings.Contains(sentence, want) {
			t.Errorf("nobody says %q in %q", want, sentence)
		}
	}
	_, err = quoting.ParsePolicy([]byte(strings.Replace(text, "currency: USD", "curency: USD", 1)))
	if sentence, _ := quoting.Sentence(err); !strings.Contains(sentence, fmt.Sprintf("[%d:1] unknown field", line("currency: USD"))) {
		t.Errorf("%q", sentence)
	}
}

func TestAReplayCountsWhatWouldHaveBeenApprovedOtherwise(t *testing.T) {
	t.Parallel()
	now, stricter := demoPolicy(t), edited(t, `amount:      ["50000.00"`, `amount:      ["20000.00"`)
	laxer := edited(t, `amount:      ["50000.00"`, `amount:      ["90000.00"`, `margin:      ["30", "25"`, `margin:      ["12", "11"`, `"22", "18"]    #`, `"10", "9"]    #`,
		`line_margin: ["20", "15", "10", "0"]`, `line_margin: ["1", "0"]`)
	small, v := draft(t, func(_ *quoting.Quote, v *quoting.Version) {
		v.Request, v.Customer = quoting.Request{Users: 40, Sites: 1, Industry: "retail"}, quoting.Customer{}
		if err := v.Work(now, demoBook(t)); err != nil {
			t.Fatal(err)
		}
	})
	won := small
	won.State = quoting.Won
	q, large := draft(t)
	review := large
	review.System.Review = "engineering"
	rapid.Check(t, func(t *rapid.T) {
		var r quoting.Replay
		n := rapid.IntRange(0, 20).Draw(t, "quotes")
		for range n {
			r.Add(now, stricter, won, v)
			r.Add(now, now, q, large)
			r.Add(now, stricter, q, review)
		}
		if r.Quotes != 2*n || r.More != n || r.Delayed != n || r.Fewer != 0 || len(r.Examples) != min(n, 10) {
			t.Fatalf("%d: %+v", n, r)
		}
	})
	var r quoting.Replay
	r.Add(now, laxer, q, large)
	if r.Fewer != 1 || !strings.HasSuffix(r.Examples[0], ": sales_manager → nobody") {
		t.Errorf("%+v, approvals %+v", r, large.Approvals)
	}
}
