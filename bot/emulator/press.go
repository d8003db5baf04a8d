package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// A button is an Action.Execute with the inputs that are sent along.
type button struct {
	data   map[string]any
	inputs []map[string]any
}

// press returns what a click sends: the button's data, over it the values of the inputs.
func press(card json.RawMessage, verb string, data map[string]any) (map[string]any, error) {
	var root map[string]any
	if err := json.Unmarshal(card, &root); err != nil {
		return nil, fmt.Errorf("read the card: %w", err)
	}
	buttons := findButtons(root, verb, nil)
	if len(buttons) == 0 {
		return nil, errors.New("no such button on the card")
	}
	for _, b := range buttons {
		if sent, ok := b.fill(data); ok {
			return sent, b.complete(sent)
		}
	}
	return nil, fmt.Errorf("no button with that verb takes %v", data)
}

// findButtons collects the buttons with the verb. A button sends the inputs of its card and of the
// cards around it, not those of cards that other buttons show.
func findButtons(card map[string]any, verb string, around []map[string]any) []button {
	inputs := slices.Concat(around, findInputs(card))
	var buttons []button
	walk(card, func(node map[string]any) {
		switch {
		case node["type"] == "Action.ShowCard":
			if shown, ok := node["card"].(map[string]any); ok {
				buttons = append(buttons, findButtons(shown, verb, inputs)...)
			}
		case node["type"] == "Action.Execute" && node["verb"] == verb:
			b := button{inputs: inputs}
			b.data, _ = node["data"].(map[string]any)
			if node["associatedInputs"] == "none" {
				b.inputs = nil
			}
			buttons = append(buttons, b)
		}
	})
	return buttons
}

func findInputs(card map[string]any) []map[string]any {
	var inputs []map[string]any
	walk(card, func(node map[string]any) {
		if _, ok := node["id"].(string); ok && isInput(node["type"]) {
			inputs = append(inputs, node)
		}
	})
	return inputs
}

func isInput(kind any) bool {
	return slices.Contains([]any{"Input.Text", "Input.Number", "Input.Date", "Input.Time", "Input.Toggle", "Input.ChoiceSet"}, kind)
}

// walk visits a card's elements and actions in the order of their lists, not what a button shows.
func walk(node any, visit func(map[string]any)) {
	switch node := node.(type) {
	case []any:
		for _, child := range node {
			walk(child, visit)
		}
	case map[string]any:
		visit(node)
		if node["type"] == "Action.ShowCard" {
			return
		}
		for _, key := range slices.Sorted(maps.Keys(node)) {
			if key != "data" && key != "fallback" && key != "refresh" {
				walk(node[key], visit)
			}
		}
	}
}

// fill merges given values into the button's; false means that they belong to another button.
func (b button) fill(given map[string]any) (map[string]any, bool) {
	sent := maps.Clone(b.data)
	if sent == nil {
		sent = map[string]any{}
	}
	for _, input := range b.inputs {
		id := input["id"].(string)
		switch value, typed := given[id]; {
		case typed:
			sent[id] = value
		case input["value"] != nil:
			sent[id] = input["value"]
		case input["type"] == "Input.Toggle":
			sent[id] = "false"
		default:
			sent[id] = ""
		}
	}
	for key, value := range given {
		own, ok := sent[key]
		if !ok || fmt.Sprint(own) != fmt.Sprint(value) {
			return nil, false
		}
	}
	return sent, true
}

// complete refuses a click that a client would not send, because a required input is empty.
func (b button) complete(sent map[string]any) error {
	for _, input := range b.inputs {
		id := input["id"].(string)
		if input["isRequired"] == true && sent[id] == "" {
			return fmt.Errorf("input %s is required", id)
		}
	}
	return nil
}
