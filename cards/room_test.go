package cards_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"radioquote/cards"
	"radioquote/quoting"
)

// inRoom is a scene in a group chat or a channel.
func inRoom(change func(*scene)) func(*scene) {
	return func(s *scene) {
		if change != nil {
			change(s)
		}
		s.viewer.InRoom = true
	}
}

// room is Q-1001 as a room sees it, with two people for whom it opens by itself. Extra sets
// what the desk adds.
func (d demo) room(t testing.TB, r quoting.Request, change func(*scene), extra func(*quoting.RoomView, quoting.Version)) quoting.RoomView {
	t.Helper()
	var room quoting.RoomView
	d.view(t, r, func(s *scene) {
		if change != nil {
			change(s)
		}
		room = quoting.NewRoomView(s.quote, s.version)
		room.Users = []string{"29:riley", "29:morgan"}
		if extra != nil {
			extra(&room, s.version)
		}
	}, nil)
	return room
}

func shared(room *quoting.RoomView, v quoting.Version) {
	room.Share = quoting.NewShare(v, riley.Name, now)
}

func refused(room *quoting.RoomView, _ quoting.Version) {
	room.Users, room.Banner = nil, "What is in Q-1001 is for its owner's team. Ask its owner to share it here."
}

// amount is any amount of money on a card.
var amount = regexp.MustCompile(`\$\d`)

func TestARoomsCardHoldsNumberVersionStateAndOpen(t *testing.T) {
	t.Parallel()
	card := cards.Room(newDemo(t).room(t, complete, verified, nil))
	want := node{
		"type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": "1.5",
		"body": []any{
			node{"type": "Container", "style": "emphasis", "bleed": true, "items": []any{node{
				"type": "ColumnSet", "spacing": "Small", "columns": []any{
					node{"type": "Column", "width": "stretch", "items": []any{node{"type": "RichTextBlock", "inlines": []any{node{"type": "TextRun", "text": "Q-1001 v2", "size": "Medium", "weight": "Bolder"}}}}},
					node{"type": "Column", "width": "auto", "items": []any{node{"type": "RichTextBlock", "horizontalAlignment": "Right", "inlines": []any{node{"type": "TextRun", "text": "Draft", "weight": "Bolder"}}}}},
				},
			}}},
			node{"type": "ActionSet", "actions": []any{node{
				"type": "Action.Execute", "title": "Open", "verb": "view", "associatedInputs": "none", "data": node{"verb": "view", "quote": "Q-1001", "version": 2.0},
				"fallback": node{"type": "Action.Submit", "title": "Open", "associatedInputs": "none", "data": node{"verb": "view", "quote": "Q-1001", "version": 2.0}},
			}}},
		},
		"refresh": node{
			"action":  node{"type": "Action.Execute", "verb": "view", "data": node{"verb": "view", "quote": "Q-1001", "version": 2.0}},
			"userIds": []any{"29:riley", "29:morgan"},
		},
	}
	if diff := cmp.Diff(want, decoded(t, card)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if card.Summary != "Q-1001 v2: Draft." {
		t.Errorf("the summary is %q", card.Summary)
	}
}

func TestACardIsRefreshedForSixtyPeopleAtMost(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	for people, want := range map[int]int{0: 0, 1: 1, 60: 60, 61: 60, 500: 60} {
		room := d.room(t, complete, nil, nil)
		room.Users = nil
		for i := range people {
			room.Users = append(room.Users, fmt.Sprintf("29:%085d", i)) // as long as Teams' own
		}
		card := cards.Room(room)
		refresh, _ := decoded(t, card)["refresh"].(node)
		users, _ := refresh["userIds"].([]any)
		if len(users) != want || (refresh == nil) != (want == 0) || want > 0 && users[0] != room.Users[0] {
			t.Errorf("for %d people it is refreshed for %d: %v", people, len(users), refresh)
		}
		room.Share = d.room(t, quoting.Request{Users: 10000, Sites: 1000, Industry: "security"}, nil, shared).Share
		room.Share.Lines = slices.Repeat(room.Share.Lines, 40)
		if card := cards.Room(room); len(card.JSON) > 25_000 || !strings.Contains(string(card.JSON), "more lines") {
			t.Errorf("shared with %d people it has %d bytes", people, len(card.JSON))
		}
	}
}

// TestNoMarginLeavesForARoom: whatever is quoted, in whatever state, for whom ever: before
// its owner shares it, everybody's card has no amount and no name, and no card in a room has
// a margin or a cost.
func TestNoMarginLeavesForARoom(t *testing.T) {
	t.Parallel()
	d := newDemo(t)
	viewers := []quoting.Person{riley, morgan, person("3", "Fran Finance", quoting.Finance), person("4", "Vic Veep", quoting.VP), person("5", "Olga", quoting.Owner), person("6", "Abe", quoting.Auditor)}
	rapid.Check(t, func(rt *rapid.T) {
		r := quoting.Request{
			Users: rapid.IntRange(12, 400).Draw(rt, "users"), Sites: rapid.IntRange(0, 5).Draw(rt, "sites"),
			Industry: rapid.SampledFrom([]quoting.IndustryCode{"", "construction", "retail", "security", "k12_education", "public_safety"}).Draw(rt, "industry"),
		}
		reason := rapid.SampledFrom([]string{"", "A margin of 31.20% is too thin."}).Draw(rt, "reason")
		viewer := rapid.SampledFrom(viewers).Draw(rt, "viewer")
		state := rapid.SampledFrom([]func(*scene){nil, verified, pending, decision(quoting.Approve, morgan, ""), decision(quoting.Reject, morgan, reason)}).Draw(rt, "state")
		var version quoting.Version
		scene := func(s *scene) {
			if state != nil {
				state(s)
			}
			s.version.Customer.Name = "Zyx Holdings"
			s.version.Approvals = append(s.version.Approvals, quoting.ApprovalNeed{
				Rule: rapid.SampledFrom([]string{"margin", "line margin", "unusual margin"}).Draw(rt, "rule"), Branch: quoting.CommercialBranch, Level: 1, Role: quoting.SalesManager,
				Measured: "31.20", Sentence: "The margin of 31.20% is under 32%.", ForRep: "The margin is under what a rep may quote alone.",
			})
			version = s.version
		}
		room := d.room(t, r, scene, nil)
		before := cards.Room(room)
		if all := string(before.JSON) + before.Summary; amount.MatchString(all) || strings.Contains(all, "Zyx") {
			rt.Fatalf("everybody sees %s", all)
		}
		shared(&room, version)
		own := d.view(t, r, inRoom(seenBy(viewer, scene)), func(v *quoting.View) { v.UserID = "29:somebody" })
		all := []cards.Card{before, cards.Room(room), cards.Quote(own), cards.Approval(own)}
		for i, card := range all {
			text := string(card.JSON) + card.Summary
			for _, secret := range []string{version.Priced.Margin.String(), version.Priced.CostTotal.Display(), "31.20%", "The margin", `"Margin "`, `"Margin"`, `"Cost"`} {
				if secret != "unknown" && !version.Priced.CostTotal.IsZero() && strings.Contains(text, secret) {
					rt.Fatalf("card %d holds %q: %s", i, secret, text)
				}
			}
		}
		if priced := version.System.Review == ""; amount.MatchString(string(all[1].JSON)) != true || priced && !strings.Contains(string(all[1].JSON), version.Priced.Total.Display()) {
			rt.Fatalf("shared: %s", all[1].JSON)
		}
	})
}
