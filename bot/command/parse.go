package command

import (
	"strings"
	"unicode/utf8"

	"radioquote/quoting"
)

// MaxText is the longest message that is read, in characters.
const MaxText = 4000

// Parse reads a message. It always answers: what it does not understand is OutOfScope, and
// a text of more than MaxText characters, which it does not read, is OutOfScope with the
// error TextTooLong. The command's text is the message as written, its bytes that are not
// UTF-8 replaced.
func Parse(text string, d quoting.Dialogue) quoting.Command {
	text = strings.ToValidUTF8(text, "\uFFFD")
	command := quoting.Command{Text: text, Intent: quoting.OutOfScope}
	if tooLong(text) {
		command.Errors = []string{quoting.TextTooLong}
		return command
	}
	list := terms(clean(text))
	step := read(list, d)
	command.Intent, command.Slots, command.Needs, command.Errors = step.Intent, step.Slots, step.Needs, step.Errors
	command.Confidence, command.Unread = confidence(list, step.Intent)
	return command
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
func read(list []term, d quoting.Dialogue) quoting.Step {
	v := theVocabulary()
	if p, _ := v.find(trim(list), refusing, d); p != nil {
		return quoting.Step{Intent: quoting.RefuseCommand, Slots: quoting.Slots{Reason: p.reason}}
	}
	if p, _ := v.find(list, answering, d); p != nil {
		return quoting.Step{Intent: p.intent}
	}
	acts := split(list, d)
	if len(acts) == 1 {
		return acts[0].step(d)
	}
	multi := quoting.Step{Intent: quoting.Multi}
	for _, a := range acts {
		multi.Slots.Steps = append(multi.Slots.Steps, a.step(d))
	}
	return multi
}

// trim takes courtesies, marks and symbols off both ends.
func trim(list []term) []term {
	idle := func(t *term) bool {
		return t.is(tagPolite) || t.kind == tagSymbol || t.kind == tagMark && t.norm != "#" && t.norm != "~"
	}
	for len(list) > 0 && idle(&list[0]) {
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
