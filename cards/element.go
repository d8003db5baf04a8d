package cards

import "encoding/json"

// The elements of Adaptive Cards 1.5 that our cards are built of, by the names and with
// the omissions of the schema. Each has a constructor that sets its type.

type adaptiveCard struct {
	Type    string    `json:"type"`
	Schema  string    `json:"$schema,omitempty"`
	Version string    `json:"version,omitempty"`
	Lang    string    `json:"lang,omitempty"` // for what the client writes: dates, times
	Body    []element `json:"body"`
	Refresh *refresh  `json:"refresh,omitempty"`
}

// element is anything that may stand in a card's body.
type element interface{ element() }

// block is what all elements have.
type block struct {
	Type      string `json:"type"`
	ID        string `json:"id,omitempty"`
	Spacing   string `json:"spacing,omitempty"`
	Separator bool   `json:"separator,omitempty"`
	IsVisible *bool  `json:"isVisible,omitempty"` // nil: visible
}

func (block) element() {}

// hide makes the element wait for a button that shows it.
func (b *block) hide() {
	visible := false
	b.IsVisible = &visible
}

// color is a colour of the reader's theme; empty is that of ordinary text.
type color string

const (
	good      color = "good"
	warning   color = "warning"
	attention color = "attention"
	accent    color = "accent"
)

// textBlock is a paragraph of Markdown in which clients replace {{TIME()}} and {{DATE()}}.
type textBlock struct {
	block
	Text     string `json:"text"`
	Size     string `json:"size,omitempty"`
	Color    color  `json:"color,omitempty"`
	IsSubtle bool   `json:"isSubtle,omitempty"`
	Wrap     bool   `json:"wrap"`
}

// words is a paragraph of our own words and times. Nothing that others wrote may be in it.
func words(text string) *textBlock {
	return &textBlock{block: block{Type: "TextBlock"}, Text: text, Wrap: true}
}

func (t *textBlock) colored(c color) *textBlock { t.Color = c; return t }

// aside makes the paragraph small and pale, close to what it belongs to.
func (t *textBlock) aside() *textBlock {
	t.Size, t.IsSubtle, t.Spacing = "Small", true, "None"
	return t
}

// richText is a paragraph of runs, in which nothing is Markdown.
type richText struct {
	block
	Inlines []run  `json:"inlines"`
	Align   string `json:"horizontalAlignment,omitempty"`
}

func paragraph(runs ...run) *richText {
	return &richText{block: block{Type: "RichTextBlock"}, Inlines: runs}
}

// close leaves no space above the paragraph.
func (p *richText) close() *richText { p.Spacing = "None"; return p }

func (p *richText) right() *richText { p.Align = "Right"; return p }

// run is a piece of a paragraph, shown as it is.
type run struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Size     string `json:"size,omitempty"`
	Weight   string `json:"weight,omitempty"`
	Color    color  `json:"color,omitempty"`
	IsSubtle bool   `json:"isSubtle,omitempty"`
}

// say is a run of any text, whoever wrote it.
func say(text string) run { return run{Type: "TextRun", Text: plain(text, maxRun)} }

func (r run) bold() run           { r.Weight = "Bolder"; return r }
func (r run) sized(s string) run  { r.Size = s; return r }
func (r run) colored(c color) run { r.Color = c; return r }
func (r run) aside() run          { r.Size, r.IsSubtle = "Small", true; return r }

type container struct {
	block
	Style        string    `json:"style,omitempty"`
	Bleed        bool      `json:"bleed,omitempty"`
	Items        []element `json:"items"`
	SelectAction *action   `json:"selectAction,omitempty"` // of a tap anywhere on it
}

func contain(items ...element) *container {
	return &container{block: block{Type: "Container"}, Items: items}
}

func (c *container) styled(style string) *container { c.Style = style; return c }

type columnSet struct {
	block
	Columns []column `json:"columns"`
}

type column struct {
	Type  string    `json:"type"`
	Width string    `json:"width"`
	Items []element `json:"items"`
}

// sides sets one thing at the left and another, if any, at the right edge.
func sides(left []element, right ...element) *columnSet {
	set := &columnSet{block: block{Type: "ColumnSet", Spacing: "Small"}, Columns: []column{{Type: "Column", Width: "stretch", Items: left}}}
	if len(right) > 0 {
		set.Columns = append(set.Columns, column{Type: "Column", Width: "auto", Items: right})
	}
	return set
}

// input has the properties of all kinds of inputs.
type input struct {
	block
	Label        string   `json:"label,omitempty"`
	Placeholder  string   `json:"placeholder,omitempty"`
	Value        any      `json:"value,omitempty"` // a string; an int of Input.Number
	IsRequired   bool     `json:"isRequired,omitempty"`
	ErrorMessage string   `json:"errorMessage,omitempty"`
	Min          int      `json:"min,omitempty"`
	MaxLength    int      `json:"maxLength,omitempty"`
	IsMultiline  bool     `json:"isMultiline,omitempty"`
	Style        string   `json:"style,omitempty"`
	Choices      []choice `json:"choices,omitempty"`
}

type choice struct {
	Title string `json:"title"`
	Value string `json:"value"`
}

type actionSet struct {
	block
	Actions []action `json:"actions"`
}

func actions(all ...action) *actionSet {
	return &actionSet{block: block{Type: "ActionSet"}, Actions: all}
}

// action has the properties of all kinds of actions.
type action struct {
	Type             string          `json:"type"`
	Title            string          `json:"title"`
	Style            string          `json:"style,omitempty"`
	Verb             string          `json:"verb,omitempty"`
	URL              string          `json:"url,omitempty"` // of an Action.OpenUrl
	Data             json.RawMessage `json:"data,omitempty"`
	AssociatedInputs string          `json:"associatedInputs,omitempty"`
	TargetElements   []string        `json:"targetElements,omitempty"`
	Card             *adaptiveCard   `json:"card,omitempty"`
	Fallback         *action         `json:"fallback,omitempty"`
}

// toggle shows what is hidden and hides what is shown, without asking anybody.
func toggle(title string, targets ...string) action {
	return action{Type: "Action.ToggleVisibility", Title: title, TargetElements: targets}
}

func (a action) styled(style string) action { a.Style = style; return a }
