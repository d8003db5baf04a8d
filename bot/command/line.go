package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"radioquote/quoting"
)

// line is an utterance as `radioquote parse` reads it.
type line struct {
	Text    *string          `json:"text"`
	Context quoting.Dialogue `json:"context"`
}

// ParseLine reads one line of utterances, plain text or a JSON object with text and
// context, and writes the command as one line of JSON, without a line feed. The error is
// of kind Invalid: the line begins with a brace and is no such object.
func (r *Reader) ParseLine(input []byte) ([]byte, error) {
	l, err := readLine(input)
	if err != nil {
		return nil, err
	}
	return encode(r.Parse(*l.Text, l.Context))
}

// ExplainLine is ParseLine with one member more, read: what each term of the message was
// taken for.
func (r *Reader) ExplainLine(input []byte) ([]byte, error) {
	l, err := readLine(input)
	if err != nil {
		return nil, err
	}
	command, read := r.Explain(*l.Text, l.Context)
	return encode(struct {
		quoting.Command
		Confidence float64   `json:"confidence"`
		Read       []Reading `json:"read"`
	}{command, math.Round(command.Confidence*100) / 100, read})
}

func readLine(input []byte) (line, error) {
	input = bytes.TrimRight(input, "\r\n")
	if trimmed := bytes.TrimSpace(input); len(trimmed) == 0 || trimmed[0] != '{' {
		text := string(input)
		return line{Text: &text}, nil
	}
	var l line
	if err := json.Unmarshal(input, &l); err != nil {
		return line{}, &quoting.Error{Kind: quoting.Invalid, Sentence: "The line is neither plain text nor a JSON object with text and context.", Err: err}
	}
	if l.Text == nil {
		return line{}, quoting.Errorf(quoting.Invalid, "The JSON object has no text.")
	}
	return l, nil
}

// encode writes JSON with the characters of the message as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encode command: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// Reading is a piece of a message, what it may mean, and what the command has of it.
type Reading struct {
	Text  string   `json:"text"`
	Means []string `json:"means"` // its kind, and its meanings in the vocabulary
	As    []string `json:"as"`    // slots, changes, needs, the intent; or notUsed, or empty where it says nothing by itself
}

// notUsed is what became of a term that nothing was made of.
const notUsed = "not used"

// Explain is Parse with what was made of each term of the message. It says nothing of a
// text that is too long.
func (r *Reader) Explain(text string, d quoting.Dialogue) (quoting.Command, []Reading) {
	if text = strings.ToValidUTF8(text, "\uFFFD"); tooLong(text) {
		return r.Parse(text, d), nil
	}
	command, list, notes := r.words.understand(text, d)
	uses := make(map[*term][]string, len(notes))
	for _, n := range notes {
		if as := n.as; !slices.Contains(uses[n.term], as) {
			uses[n.term] = append(uses[n.term], as)
		}
	}
	read := make([]Reading, len(list))
	for i := range list {
		t := &list[i]
		read[i] = Reading{Text: t.text, Means: []string{string(t.kind)}, As: uses[t]}
		for _, m := range t.means {
			if m.tag != tagCommon && m.tag != tagLink {
				read[i].Means = append(read[i].Means, strings.TrimSpace(string(m.tag)+" "+m.value))
			}
		}
		switch {
		case read[i].As != nil:
		case t.says():
			read[i].As = []string{notUsed}
		default:
			read[i].As = []string{}
		}
	}
	return command, read
}
