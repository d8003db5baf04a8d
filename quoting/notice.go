package quoting

// Notice is a short answer that is not a quote: a refusal, a question, help. Its choices
// are buttons that carry a whole command, so that the person mends what was wrong in one
// tap; its examples are things to type.
type Notice struct {
	Title    string    `json:"title,omitempty"`
	Figure   string    `json:"figure,omitempty"` // the number that was asked for, large
	Text     string    `json:"text"`
	Points   []string  `json:"points,omitempty"` // a sentence each, under the text
	Sections []Section `json:"sections,omitempty"`
	Entries  []Entry   `json:"entries,omitempty"` // of a list, under the text
	Choices  []Choice  `json:"choices,omitempty"`
	Examples []string  `json:"examples,omitempty"`
	Link     *Link     `json:"link,omitempty"`
	Quote    QuoteID   `json:"quote,omitzero"` // what it is about; zero: no quote
	Version  int       `json:"version,omitempty"`
	Locale   Locale    `json:"-"` // of the reader, see In
}

// Entry is one of a list: a quote that was found, an item with its price. Command is what
// a tap on it does; nil: nothing.
type Entry struct {
	Title   string   `json:"title"`
	Note    string   `json:"note,omitempty"`  // under the title, small
	Value   string   `json:"value,omitempty"` // at the right edge: an amount, a number
	Command *Command `json:"command,omitempty"`
}

// Choice is a button of a notice and the command that it stands for.
type Choice struct {
	Title   string  `json:"title"`
	Command Command `json:"command"`
}

// Link is a button that opens a page in the browser.
type Link struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// SealedNotice is a notice in a group chat or a channel as everybody there sees it: whom it
// is for, and nothing of what it says.
type SealedNotice struct {
	Locale  Locale
	Message int64  // what a click on it names
	For     string // display name
	UserID  string // Teams' id of that person, for whom it opens by itself; empty: not known
}

// NamesNothing says whether the notice is of no quote, no list and nobody's choice.
func (n Notice) NamesNothing() bool {
	return n.Quote == 0 && len(n.Entries) == 0 && len(n.Sections) == 0 && len(n.Choices) == 0
}
