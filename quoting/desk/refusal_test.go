package desk_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"radioquote/quoting"
)

// counter is the value of a counter, by its label if it has one.
func (o *office) counter(name, label string) int {
	o.t.Helper()
	families, err := o.Metrics.(prometheus.Gatherer).Gather()
	if err != nil {
		o.t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.Metric {
			if f.GetName() == name && (label == "" || m.Label[0].GetValue() == label) {
				return int(m.Counter.GetValue())
			}
		}
	}
	return 0
}

// refusing is how often commands were refused for a reason, by the counter and by the audit
// log, whose entries say the reason and nothing else.
func (o *office) refusing(reason string) (counted, recorded int) {
	o.t.Helper()
	return o.counter("radioquote_refusals_total", reason),
		o.count(`SELECT count(*) FROM audit_events WHERE kind = 'command_refused' AND data = jsonb_build_object('reason', $1::text)`, reason)
}

func TestARefusalIsAnsweredRecordedAndCounted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	answers := map[string]string{}
	for _, reason := range []string{"prompt_injection", "impersonation", "approval_avoidance", "bulk_approval", "bulk_destructive", "data_exfiltration", "policy_bypass", "frobnication"} {
		n := o.notice(riley, quoting.Command{Text: "approve all my quotes", Intent: quoting.RefuseCommand, Slots: quoting.Slots{Reason: reason}})
		if other, twice := answers[n.Text]; twice || len(n.Text) > 200 {
			t.Errorf("%s is answered as %s: %q", reason, other, n.Text)
		}
		answers[n.Text] = reason
		if reason == "frobnication" {
			reason = "other" // nobody outside makes labels
		}
		if counted, recorded := o.refusing(reason); counted != 1 || recorded != 1 {
			t.Errorf("%s is counted %d times and recorded %d times, want once", reason, counted, recorded)
		}
	}
	if n := o.count(`SELECT count(*) FROM audit_events WHERE kind = 'command_refused' AND (actor_id IS NULL OR correlation = '' OR data::text LIKE '%approve%quotes%')`); n != 0 {
		t.Errorf("%d refusals say too little, or what was written", n)
	}
}

func TestWhatARoleForbidsIsRecordedAndCounted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	request := o.submitted()
	stranger := quoting.Person{ID: quoting.PersonID{Tenant: tenant, Object: "stranger"}, Name: "Stranger"}
	target := quoting.Number{}
	for i, tc := range []struct {
		name string
		do   func()
	}{
		{"a message", func() {
			o.notice(riley, quoting.Command{Intent: quoting.CreateQuote, Slots: quoting.Slots{Users: new(40), TargetMarginPct: &target}})
		}},
		{"a message of somebody without a role", func() { o.notice(stranger, quoting.Command{Intent: quoting.Help}) }},
		{"a click that its card answers", func() { o.click(morgan, on(request, quoting.CancelQuote)) }},
		{"a click without a card", func() {
			if _, err := o.Click(t.Context(), o.arrival(stranger), on(request, quoting.ShowQuote)); quoting.KindOf(err) != quoting.Forbidden {
				t.Errorf("a stranger's click: %v", err)
			}
		}},
	} {
		tc.do()
		if counted, recorded := o.refusing("forbidden"); counted != i+1 || recorded != i+1 {
			t.Errorf("%s: counted %d times and recorded %d times, want %d", tc.name, counted, recorded, i+1)
		}
	}
	arrival := o.arrival(riley)
	for range 2 {
		if err := o.Message(t.Context(), arrival, func(quoting.Dialogue) quoting.Command {
			return quoting.Command{Intent: quoting.RefuseCommand, Slots: quoting.Slots{Reason: "impersonation"}}
		}); err != nil {
			t.Fatal(err)
		}
	}
	if counted, recorded := o.refusing("impersonation"); counted != 1 || recorded != 1 {
		t.Errorf("a message that comes twice is counted %d times and recorded %d times", counted, recorded)
	}
}

func TestAPersonalNumberThatWasCutIsRecordedAndSaid(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const events = `SELECT count(*) FROM audit_events WHERE kind = 'personal_number_cut' AND data = '{"count": 2}'`
	said := func() int {
		return o.count(`SELECT count(*) FROM messages WHERE notice->>'text' LIKE 'I cut a card or social-security number%'`)
	}

	cut := small
	cut.Cut = 2
	v := o.say(riley, cut).content.View
	if v == nil || o.count(events) != 1 || said() != 1 {
		t.Fatalf("a message: %+v, %d events, said %d times", v, o.count(events), said())
	}
	o.notice(riley, quoting.Command{Intent: quoting.ShowQuote, Slots: quoting.Slots{QuoteID: 4711}, Cut: 2})
	if o.count(events) != 2 || said() != 2 {
		t.Errorf("a message that fails: %d events, said %d times", o.count(events), said())
	}
	cancel := on(*v, quoting.CancelQuote)
	cancel.Cut = 2
	o.click(riley, cancel)
	if o.count(events) != 3 || said() != 3 {
		t.Errorf("a click: %d events, said %d times", o.count(events), said())
	}
	cancel.Click.Quote = 4711
	if _, err := o.Click(t.Context(), o.arrival(riley), cancel); quoting.KindOf(err) != quoting.NotFound {
		t.Errorf("a click on a quote that is not there: %v", err)
	}
	if o.count(events) != 4 || o.counter("radioquote_personal_numbers_cut_total", "") != 8 {
		t.Errorf("a click that fails: %d events", o.count(events))
	}
}
