package command

import (
	"bytes"
	"encoding/json"
	"fmt"
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
func ParseLine(input []byte) ([]byte, error) {
	l, err := readLine(input)
	if err != nil {
		return nil, err
	}
	return encode(Parse(*l.Text, l.Context))
}

// ExplainLine is ParseLine with one member more, read: what each term of the message was
// taken for.
func ExplainLine(input []byte) ([]byte, error) {
	l, err := readLine(input)
	if err != nil {
		return nil, err
	}
	return encode(struct {
		quoting.Command
		Read []Reading `json:"read"`
	}{Parse(*l.Text, l.Context), Explain(*l.Text)})
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

// Reading is a piece of a message and what it was taken for.
type Reading struct {
	Text string   `json:"text"`
	As   []string `json:"as"`
}

// Explain says what each term of the message is taken for: its kind, its meanings in the
// vocabulary, and for a number what it counts. It is empty for a text that is too long.
func Explain(text string) []Reading {
	if text = strings.ToValidUTF8(text, "\uFFFD"); tooLong(text) {
		return nil
	}
	list := terms(clean(text))
	read := make([]Reading, len(list))
	for i := range list {
		t := &list[i]
		read[i] = Reading{Text: t.text, As: []string{string(t.kind)}}
		for _, m := range t.means {
			as := string(m.tag)
			if m.value != "" {
				as += " " + m.value
			}
			read[i].As = append(read[i].As, as)
		}
	}
	for _, q := range quantities(list) {
		if q.noun >= 0 {
			read[q.at].As = append(read[q.at].As, "counts "+list[q.noun].text)
		}
	}
	return read
}
