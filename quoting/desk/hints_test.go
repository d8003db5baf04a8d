package desk_test

import (
	"slices"
	"testing"

	"radioquote/quoting"
)

func TestADraftComesWithHintsThatGoWhenItIsSubmitted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	v := o.verified(riley, large)
	o.say(morgan, quoting.Command{Intent: quoting.Help})
	hints := func(what string, in quoting.Person, ok func(quoting.View) bool) []string {
		return o.teams.wait(t, what, func(m sent) bool {
			return m.chat == "a:"+in.ID.Object && m.content.View != nil && ok(*m.content.View)
		}).content.Hints
	}
	if got := hints("the draft", riley, func(v quoting.View) bool { return v.CanSubmit }); !slices.Equal(got, []string{"make it 65", "10% off", "submit"}) {
		t.Errorf("the draft hints at %q", got)
	}
	o.click(riley, on(v, quoting.SubmitQuote))
	if got := hints("the submitted quote", riley, func(v quoting.View) bool { return v.State == quoting.Pending }); got != nil {
		t.Errorf("the submitted quote hints at %q", got)
	}
	if got := hints("the request", morgan, func(v quoting.View) bool { return v.CanDecide }); got != nil {
		t.Errorf("who decides reads %q", got)
	}
}
