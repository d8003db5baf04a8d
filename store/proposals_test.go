package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"radioquote/quoting"
	"radioquote/store"
)

// acting runs fn as somebody of the staff.
func (s *shelf) acting(who string, fn func(tx *store.Tx, me store.Person) error) error {
	s.t.Helper()
	return s.db.InTx(s.t.Context(), store.Service, func(tx *store.Tx) error {
		me, err := tx.As(s.t.Context(), person(who, "", "").ID)
		if err != nil {
			return err
		}
		return fn(tx, me)
	})
}

func TestADirectorySaysWhatItChangesOfWhom(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	var taken store.DirectoryTaken
	changed := []quoting.Person{
		person("riley", "south", "lena", quoting.Rep),
		person("lena", "leads", "stranger", quoting.Rep), // whom nobody knows
		person("morgan", "managers", "vera", quoting.SalesManager, quoting.Finance),
		person("newt", "", "morgan", quoting.Rep),
		person("ada", "midwest", "", quoting.Admin),
	}
	s.in(store.Job, func(tx *store.Tx) (err error) {
		taken, err = tx.TakeDirectory(t.Context(), changed, "", noon)
		return err
	})
	got := map[string]quoting.DirectoryChangeKind{}
	for _, c := range taken.Changes {
		if c.RowID == 0 {
			t.Errorf("%s has no row", c.Now.Name)
		}
		got[c.Now.ID.Object] += c.Kind
	}
	want := map[string]quoting.DirectoryChangeKind{
		"riley": quoting.PersonMoved, "lena": quoting.PersonMoved, "morgan": quoting.RolesChanged, "newt": quoting.PersonJoined,
		"rob": quoting.PersonLeft, "sam": quoting.PersonLeft, "sandy": quoting.PersonLeft, "vera": quoting.PersonLeft, "fran": quoting.PersonLeft,
		"olive": quoting.PersonLeft, "ed": quoting.PersonLeft, "abe": quoting.PersonLeft,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	s.in(store.Job, func(tx *store.Tx) error {
		n, known, err := tx.DirectoriesTaken(t.Context(), "first")
		if n != 1 || !known || taken.New {
			t.Errorf("%d directories, the first among them: %t; one that is no file is new: %t", n, known, taken.New)
		}
		all, err2 := tx.People(t.Context())
		for _, p := range all {
			if len(p.Roles) == 0 && p.Manager != (quoting.PersonID{}) {
				t.Errorf("%s has left and reports to %v", p.Name, p.Manager)
			}
			if p.ID.Object == "rob" && p.Team != "midwest" {
				t.Errorf("rob was of %q", p.Team)
			}
		}
		again, err3 := tx.TakeDirectory(t.Context(), changed, "second", noon)
		if len(again.Changes) != 0 || !again.New {
			t.Errorf("taken again: %+v", again)
		}
		return errors.Join(err, err2, err3)
	})
}

func TestAProposalIsSeenAndDecidedByAdminsAlone(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.in(store.Job, func(tx *store.Tx) error {
		_, err := tx.TakeDirectory(t.Context(), append([]quoting.Person{person("alf", "", "", quoting.Admin)}, staff...), "two admins", noon)
		return err
	})
	grant := quoting.Proposal{Kind: quoting.GrantProposal, Hash: "h1", Proposed: quoting.Proposed{Grant: &quoting.Grant{Person: person("sam", "", "").ID, Role: quoting.Finance}}}
	var id int64
	if err := s.acting("ada", func(tx *store.Tx, me store.Person) (err error) {
		var first bool
		if id, first, err = tx.Propose(t.Context(), grant, "finance for Sam", me.RowID, noon); err != nil || !first {
			t.Errorf("first: %t", first)
			return err
		}
		_, again, err := tx.Propose(t.Context(), grant, "finance for Sam", me.RowID, noon)
		if again {
			t.Error("the same waits twice")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for who, sees := range map[string]int{"ada": 1, "alf": 1, "riley": 0, "fran": 0, "olive": 0, "abe": 0, "nobody": 0} {
		if err := s.acting(who, func(tx *store.Tx, _ store.Person) error {
			open, err := tx.OpenProposals(t.Context())
			if len(open) != sees {
				t.Errorf("%s sees %d", who, len(open))
			}
			if _, err := tx.Proposal(t.Context(), id); (err == nil) != (sees == 1) || err != nil && !errors.Is(err, quoting.NotFound) {
				t.Errorf("%s reads it: %v", who, err)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	row := func(who string) (id int64) {
		t.Helper()
		if err := s.acting(who, func(_ *store.Tx, me store.Person) error { id = me.RowID; return nil }); err != nil {
			t.Fatal(err)
		}
		return id
	}
	alf, ada := row("alf"), row("ada")
	for _, tc := range []struct {
		name string
		who  string
		code string
		do   func(*store.Tx, store.Person) error
	}{
		{"a rep proposes", "riley", "42501", func(tx *store.Tx, me store.Person) error {
			other := grant
			other.Hash = "h2"
			_, _, err := tx.Propose(t.Context(), other, "x", me.RowID, noon)
			return err
		}},
		{"an admin proposes in another's name", "alf", "42501", func(tx *store.Tx, _ store.Person) error {
			other := grant
			other.Hash = "h2"
			_, _, err := tx.Propose(t.Context(), other, "x", ada, noon)
			return err
		}},
		{"whoever proposed it confirms it", "ada", "23514", func(tx *store.Tx, me store.Person) error {
			return tx.DecideProposal(t.Context(), id, quoting.ProposalConfirmed, me.RowID, noon)
		}},
		{"and in another's name", "ada", "42501", func(tx *store.Tx, _ store.Person) error {
			return tx.DecideProposal(t.Context(), id, quoting.ProposalConfirmed, alf, noon)
		}},
		{"a person marks it as done", "alf", "42501", func(tx *store.Tx, _ store.Person) error { return tx.MarkApplied(t.Context(), id, noon) }},
		{"a person writes roles", "alf", "42501", func(tx *store.Tx, me store.Person) error {
			return tx.SetRoles(t.Context(), me.RowID, []quoting.Role{quoting.Owner})
		}},
	} {
		if err := s.acting(tc.who, tc.do); code(err) != tc.code {
			t.Errorf("%s: %v, want %s", tc.name, err, tc.code)
		}
	}
	if err := s.acting("riley", func(tx *store.Tx, me store.Person) error {
		return tx.DecideProposal(t.Context(), id, quoting.ProposalConfirmed, me.RowID, noon)
	}); !errors.Is(err, quoting.Conflict) {
		t.Errorf("a rep confirms: %v", err)
	}
	if err := s.acting("alf", func(tx *store.Tx, me store.Person) error {
		return tx.DecideProposal(t.Context(), id, quoting.ProposalConfirmed, me.RowID, noon)
	}); err != nil {
		t.Fatal(err)
	}
	s.in(store.Job, func(tx *store.Tx) error {
		p, err := tx.Proposal(t.Context(), id)
		if err != nil {
			return err
		}
		want := store.Proposal{Proposal: grant, ByRow: ada, DecidedRow: alf}
		want.ID, want.At, want.State = id, noon, quoting.ProposalConfirmed
		want.By, want.ByName, want.Decided, want.DecidedName, want.DecidedAt = person("ada", "", "").ID, "ADA", person("alf", "", "").ID, "ALF", noon
		if diff := cmp.Diff(want, p, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		busy, err := tx.BeingApplied(t.Context())
		err2 := tx.MarkApplied(t.Context(), id, noon)
		after, err3 := tx.BeingApplied(t.Context())
		if !busy || after {
			t.Errorf("being applied: %t, then %t", busy, after)
		}
		return errors.Join(err, err2, err3)
	})
}

func TestAFileIsSeenOnceAndSupersedesTheOneBefore(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	file := func(hash string) quoting.Proposal { return quoting.DirectoryOfFile(staff, hash) }
	s.in(store.Job, func(tx *store.Tx) error {
		none, err := tx.FileSeen(t.Context(), quoting.DirectoryProposal, "a", noon)
		a, err2 := tx.FileSeen(t.Context(), quoting.DirectoryProposal, "b", noon)
		other, err3 := tx.FileSeen(t.Context(), quoting.PolicyProposal, "b", noon)
		if none != "" || a != "a" || other != "" {
			t.Errorf("before the first %q, before the second %q, of another kind %q", none, a, other)
		}
		older, _, err4 := tx.Propose(t.Context(), file("a"), "a", 0, noon)
		err5 := tx.SupersedeFiles(t.Context(), quoting.DirectoryProposal)
		newer, first, err6 := tx.Propose(t.Context(), file("b"), "b", 0, noon)
		open, err7 := tx.OpenProposals(t.Context())
		if len(open) != 1 || open[0].ID != newer || !first || open[0].ByName != "" || len(open[0].People) != len(staff) {
			t.Errorf("open: %+v", open)
		}
		if p, err := tx.Proposal(t.Context(), older); err != nil || p.State != quoting.ProposalSuperseded {
			t.Errorf("the older one is %s, %v", p.State, err)
		}
		return errors.Join(err, err2, err3, err4, err5, err6, err7)
	})
}

func TestTheNewestPolicyIsInForce(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.in(store.Job, func(tx *store.Tx) error {
		_, found, err := tx.PolicyInForce(t.Context())
		if found {
			t.Error("a policy is in force before one was taken")
		}
		other := *s.policy
		other.Version, other.Text = "other", []byte("a: 1")
		err2 := tx.TakePolicy(t.Context(), &other, noon)
		err3 := tx.PutInForce(t.Context(), s.policy.Version, 0, 0, noon)
		err4 := tx.PutInForce(t.Context(), other.Version, 0, 0, noon.Add(time.Hour))
		in, found, err5 := tx.PolicyInForce(t.Context())
		if !found || in.Version != "other" || in.Text != "a: 1" || !in.Since.Equal(noon.Add(time.Hour)) {
			t.Errorf("%+v", in)
		}
		return errors.Join(err, err2, err3, err4, err5)
	})
	if err := s.db.InTx(t.Context(), store.Service, func(tx *store.Tx) error {
		return tx.PutInForce(t.Context(), s.policy.Version, 0, 0, noon.Add(2*time.Hour))
	}); code(err) != "42501" {
		t.Errorf("a person puts a policy in force: %v", err)
	}
}
