package command

import (
	"slices"
	"strings"
	"unicode/utf8"

	"radioquote/quoting"
)

// MaxText is the longest message that is read, in characters.
const MaxText = 4000

// Reader reads messages. It does not change and is safe for concurrent use.
type Reader struct{ words *vocabulary }

// Default is the reader without words of a dealer's own.
func Default() *Reader { return &Reader{theVocabulary()} }

// Parse reads a message with the words that everybody uses; see Reader.Parse.
func Parse(text string, d quoting.Dialogue) quoting.Command { return Default().Parse(text, d) }

// Parse reads a message. It always answers: what it does not understand is OutOfScope, and
// a text of more than MaxText characters, which it does not read, is OutOfScope with the
// error TextTooLong. The command's text is the message as written, its bytes that are not
// UTF-8 replaced.
func (r *Reader) Parse(text string, d quoting.Dialogue) quoting.Command {
	text = strings.ToValidUTF8(text, "\uFFFD")
	command := quoting.Command{Text: text, Intent: quoting.OutOfScope}
	if tooLong(text) {
		command.Errors = []string{quoting.TextTooLong}
		return command
	}
	command, _, _ = r.words.understand(text, d)
	return command
}

// understand reads a text that is not too long, and says what it made of its terms.
func (v *vocabulary) understand(text string, d quoting.Dialogue) (quoting.Command, []term, []note) {
	list := v.terms(clean(text))
	step, notes := v.read(list, d)
	step.Slots.Language = language(list)
	for i := range step.Slots.Steps {
		step.Slots.Steps[i].Slots.Language = step.Slots.Language
	}
	command := quoting.Command{Text: text, Intent: step.Intent, Slots: step.Slots, Needs: step.Needs, Errors: step.Errors}
	command.Confidence, command.Unread = confidence(list, step.Intent)
	return command, list, notes
}

func tooLong(text string) bool { return len(text) > MaxText && utf8.RuneCountInString(text) > MaxText }

// Examples are three messages that show what can be said, for an answer to one that was
// not understood.
func Examples() []string {
	return []string{
		"quote 40 radios for 3 sites, construction, Acme Construction",
		"make it 45",
		"submit for approval",
	}
}

// read finds out what the terms ask for. A refusal wins over every other reading.
func (v *vocabulary) read(list []term, d quoting.Dialogue) (quoting.Step, []note) {
	trimmed := trim(list)
	for _, part := range [][]term{trimmed, list} {
		if p, at := v.find(part, refusing, d); p != nil {
			return quoting.Step{Intent: quoting.RefuseCommand, Slots: quoting.Slots{Reason: p.reason}}, p.notes(part, at)
		}
		if len(trimmed) == len(list) {
			break
		}
	}
	if step, notes, ok := v.answer(list, d); ok {
		return step, notes
	}
	acts := v.split(list, d)
	if len(acts) == 1 {
		return acts[0].step(v, d)
	}
	multi := quoting.Step{Intent: quoting.Multi}
	var all []note
	for _, a := range acts {
		step, notes := a.step(v, d)
		if step.Intent == quoting.OutOfScope || step.Intent == quoting.SmallTalk {
			continue // what is said around the acts
		}
		multi.Slots.Steps = append(multi.Slots.Steps, step)
		all = append(all, notes...)
	}
	switch len(multi.Slots.Steps) {
	case 0:
		return acts[0].step(v, d)
	case 1:
		return multi.Slots.Steps[0], all
	}
	return multi, all
}

// answer reads a yes, a no or a "cancel" to what the bot has asked. Courtesies do not
// count where they are none of these themselves.
func (v *vocabulary) answer(list []term, d quoting.Dialogue) (quoting.Step, []note, bool) {
	if d.Pending == "" {
		return quoting.Step{}, nil, false
	}
	words := slices.DeleteFunc(slices.Clone(list), func(t term) bool { return t.kind == tagMark || t.kind == tagSymbol })
	words = slices.CompactFunc(words, func(a, b term) bool { return a.norm == b.norm })
	for _, part := range [][]term{words, trim(words)} {
		if p, at := v.find(part, answering, d); p != nil && (p.intent == quoting.CancelDialog || len(part) == len(words)) {
			p.rest(part, at, 0, func(i int, _ bool) { part[i].uses++ })
			for i := range part {
				for j := range list {
					if list[j].start == part[i].start {
						list[j].uses += part[i].uses
					}
				}
			}
			return quoting.Step{Intent: p.intent}, noted(list, string(p.intent)), true
		}
	}
	return quoting.Step{}, nil, false
}

// noted are notes that the used terms became the intent.
func noted(list []term, as string) []note {
	var notes []note
	for i := range list {
		if list[i].uses > 0 {
			notes = append(notes, note{&list[i], as})
		}
	}
	return notes
}

// provisos are the words that make a condition of what a courtesy agrees to: "ok if ...".
var provisos = []string{"if", "once", "unless", "provided", "only", "but", "as", "when", "after"}

// trim takes courtesies, marks and symbols off both ends.
func trim(list []term) []term {
	idle := func(t *term) bool {
		return t.is(tagPolite) || t.kind == tagSymbol || t.kind == tagMark && !hasDigit(t.text) && t.norm != "#" && t.norm != "~" && t.norm != "+"
	}
	for len(list) > 0 && idle(&list[0]) && !(len(list) > 1 && list[0].is(tagPolite) && slices.Contains(provisos, list[1].norm)) {
		if list[0].is(tagPolite) && len(list) > 2 && list[1].kind == tagName && list[2].kind == tagMark {
			list = list[1:] // "Hi Bob, ..."
		}
		list = list[1:]
	}
	for len(list) > 0 && idle(&list[len(list)-1]) {
		list = list[:len(list)-1]
	}
	return list
}
