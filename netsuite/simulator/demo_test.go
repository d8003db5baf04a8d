package simulator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDroppedConnectionsComeBack(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.Drop(true)
	a.Drop(true)
	if got, err := a.attempt(t.Context(), t, "GET", pathServerTime, ""); err == nil {
		t.Errorf("NetSuite is down and answered %s", got)
	}
	a.Drop(false)
	wantStatus(t, a.do(t, "GET", pathServerTime, ""), 200)
}

func TestSlowAnswersAreSlowUntilTheyAreFast(t *testing.T) {
	t.Parallel()
	a := start(t)
	const by = 80 * time.Millisecond
	for _, tc := range []struct {
		name string
		by   time.Duration
		slow bool
	}{
		{"slow", by, true},
		{"slow again, no slower", by, true},
		{"fast", 0, false},
	} {
		a.Slow(tc.by)
		began := time.Now()
		wantStatus(t, a.do(t, "GET", pathServerTime, ""), 200)
		if took := time.Since(began); tc.slow && took < by {
			t.Errorf("%s: answered in %v", tc.name, took)
		}
		if got := time.Duration(a.slower.Load()); got != tc.by {
			t.Errorf("%s: slower by %v, want %v", tc.name, got, tc.by)
		}
	}
}

func TestASpikeMovesEveryBaseRowOnce(t *testing.T) {
	t.Parallel()
	a := start(t)
	prices := func(sku, level string) string {
		id, ok := a.ItemID(sku)
		if !ok {
			t.Fatalf("there is no %s", sku)
		}
		var units []string
		for _, row := range a.query(t, "SELECT quantity, unitprice FROM pricing WHERE item = ? AND pricelevel = ? ORDER BY quantity", fmt.Sprint(id), level) {
			units = append(units, row["unitprice"])
		}
		return strings.Join(units, " ")
	}
	before := prices("BAT-C", "2")
	for range 2 {
		names, err := a.Spike()
		if err != nil || !slices.Equal(names, []string{"BAT-C", "SUM-P20U", "CHG-1B"}) {
			t.Fatalf("spiked %q, %v", names, err)
		}
		if got, want := prices("BAT-C", "1"), wantBattery; got != want {
			t.Errorf("battery: %s, want %s", got, want)
		}
		if got, want := prices("SUM-P20U", "1"), wantRadio; got != want {
			t.Errorf("radio: %s, want %s", got, want)
		}
	}
	if after := prices("BAT-C", "2"); after != before {
		t.Errorf("another level moved from %s to %s", before, after)
	}
}

// What the demo's battery and radio cost at Base after the spike, by break.
const (
	wantBattery = "1120 1064 1030.4 985.6 952"
	wantRadio   = "481.25 466.81 452.38 437.94 423.5 409.06"
)

func TestALieIsAboutTheFormAlone(t *testing.T) {
	t.Parallel()
	a := start(t)
	asked := func() string {
		got := a.do(t, "POST", pathEstimate+expandAll, `{"entity":{"id":"4001"},"item":{"items":[{"item":{"id":"1003"},"quantity":1}]}}`, createForm)
		wantStatus(t, got, 200)
		_, rate, _ := strings.Cut(got.String(), `"rate":`)
		rate, _, _ = strings.Cut(rate, ",")
		return rate
	}
	for _, tc := range []struct {
		name string
		lie  bool
		want string
	}{
		{"the truth", false, "385"},
		{"a lie", true, "404.25"},
		{"the same lie", true, "404.25"},
		{"the truth again", false, "385"},
	} {
		a.Lie(tc.lie)
		if got := asked(); got != tc.want {
			t.Errorf("%s: a radio costs %s, want %s", tc.name, got, tc.want)
		}
	}
	a.Lie(true)
	wantStatus(t, a.put(t, body(`{"item":{"id":"1003"},"quantity":1,"price":{"id":"1"}}`)), 204)
	if rate := a.stored(t).Lines[0].Rate; rate.String() != "385.00" {
		t.Errorf("a stored line costs %s", rate)
	}
}
