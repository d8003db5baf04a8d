package quoting

// Notice is a short answer that is not a quote: a refusal, a question, help. Its choices
// are buttons that carry a whole command, so that the person mends what was wrong in one
// tap; its examples are things to type.
type Notice struct {
	Title    string    `json:"title,omitempty"`
	Text     string    `json:"text"`
	Points   []string  `json:"points,omitempty"` // a sentence each, under the text
	Sections []Section `json:"sections,omitempty"`
	Choices  []Choice  `json:"choices,omitempty"`
	Examples []string  `json:"examples,omitempty"`
	Quote    QuoteID   `json:"quote,omitzero"` // what it is about; zero: no quote
	Version  int       `json:"version,omitempty"`
}

// Choice is a button of a notice and the command that it stands for.
type Choice struct {
	Title   string  `json:"title"`
	Command Command `json:"command"`
}
