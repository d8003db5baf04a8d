package emulator_test

import (
	"net/http"
	"strings"
	"testing"
)

// A post of a card must cost a small part of what the bot spends on it: at 200 posts a second on
// one core, a millisecond would be a fifth.
func BenchmarkPostCard(b *testing.B) {
	cfg := config()
	cfg.Unlimited = true
	em := start(b, cfg)
	bot := newBot(b, em)
	rows := `{"type":"TextBlock","text":"a line of a quote","wrap":true}`
	var body strings.Builder
	body.WriteString(`[` + rows)
	for range 80 {
		body.WriteString("," + rows)
	}
	posted := cardActivity(body.String()+`]`, twoButtons)
	b.SetBytes(int64(len(posted)))
	for b.Loop() {
		if got := bot.must(b, http.MethodPost, activities(em.ChatID(riley)), posted); got.status != http.StatusCreated {
			b.Fatal(got.status)
		}
	}
}

// Signing anew for each message would cost a millisecond.
func BenchmarkSay(b *testing.B) {
	em := start(b, config())
	newBot(b, em)
	for b.Loop() {
		if _, err := em.Say(b.Context(), riley, "quote 40 radios for 3 sites"); err != nil {
			b.Fatal(err)
		}
	}
}
