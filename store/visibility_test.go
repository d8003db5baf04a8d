package store_test

import (
	"errors"
	"testing"

	"radioquote/quoting"
	"radioquote/store"
)

func TestNeitherAnEmptyTeamNorAnAdminsReportsShowAQuote(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.in(store.Job, func(tx *store.Tx) error {
		_, err := tx.TakeDirectory(t.Context(), []quoting.Person{
			person("tess", "", "adam", quoting.Rep), person("theo", "", "", quoting.Rep), person("adam", "", "", quoting.Admin),
		}, "without teams", noon)
		return err
	})
	q, _ := s.quote("tess", s.version(usual, 1))
	for who, sees := range map[string]bool{"tess": true, "theo": false, "adam": false} {
		s.in(store.Service, func(tx *store.Tx) error {
			if _, err := s.arrive(tx, who); err != nil {
				return err
			}
			if _, err := tx.Quote(t.Context(), q.ID); (err == nil) != sees || !sees && !errors.Is(err, quoting.NotFound) {
				t.Errorf("%s: %v; sees it: %t", who, err, sees)
			}
			return nil
		})
	}
}
