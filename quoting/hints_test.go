package quoting_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/quoting"
)

func TestHintsAreWhatTheOwnerOfADraftWritesNext(t *testing.T) {
	t.Parallel()
	draft := func(change func(*quoting.View)) quoting.View {
		v := quoting.View{Version: 1, Current: 1, State: quoting.Draft, CanEdit: true, Request: quoting.Request{Users: 40}}
		change(&v)
		return v
	}
	for _, tc := range []struct {
		name string
		view quoting.View
		want []string
	}{
		{"a new draft", draft(func(*quoting.View) {}), []string{"make it 45", "10% off"}},
		{"one that can be submitted", draft(func(v *quoting.View) { v.CanSubmit = true }), []string{"make it 45", "10% off", "submit"}},
		{"a second version goes back", draft(func(v *quoting.View) { v.Version, v.Current = 2, 2 }), []string{"make it 45", "10% off", "undo"}},
		{"a discount is taken away again", draft(func(v *quoting.View) { v.Request.Terms.Header = new(quoting.HeaderDiscount) }), []string{"make it 45", "remove the discount"}},
		{"few radios change by one", draft(func(v *quoting.View) { v.Request.Users = 6 }), []string{"make it 7", "10% off"}},
		{"many by fifty", draft(func(v *quoting.View) { v.Request.Users = 950 }), []string{"make it 1000", "10% off"}},
		{"parts have no number of radios", draft(func(v *quoting.View) { v.Request.Users = 0 }), []string{"10% off"}},
		{"without a price there is nothing to take off", draft(func(v *quoting.View) { v.System.Review = "P25" }), []string{"make it 45"}},
		{"what waits for approval has none", draft(func(v *quoting.View) { v.State = quoting.Pending }), nil},
		{"nor has an old version", draft(func(v *quoting.View) { v.Current = 2 }), nil},
		{"nor a quote of somebody else", draft(func(v *quoting.View) { v.CanEdit = false }), nil},
	} {
		if diff := cmp.Diff(tc.want, tc.view.Hints()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

func TestHintsAreNoMoreThanTeamsShows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := quoting.View{
			Version: rapid.IntRange(1, 3).Draw(t, "version"), Current: rapid.IntRange(1, 3).Draw(t, "current"), CanEdit: rapid.Bool().Draw(t, "edit"),
			CanSubmit: rapid.Bool().Draw(t, "submit"), Request: quoting.Request{Users: rapid.IntRange(0, 10000).Draw(t, "users")},
		}
		hints := v.Hints()
		if len(hints) > quoting.MaxHints {
			t.Fatalf("%d hints", len(hints))
		}
		for i, hint := range hints {
			if hint == "" || i > 0 && hint == hints[i-1] {
				t.Fatalf("hints %q", hints)
			}
		}
	})
}
