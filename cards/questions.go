package cards

import (
	"slices"
	"strconv"

	"radioquote/quoting"
)

// formID is the id of the container of a quote's inputs.
const formID = "form"

// form is the inputs of a quote's card: open where something must still be said, behind a
// button where everything is, so that a slip is mended where it is seen. An input that is
// left empty changes nothing.
func form(v quoting.View) []element {
	if !v.CanEdit {
		return nil
	}
	size, customer := []element{sitesInput(v), industryInput(v)}, customerInputs(v)
	if v.Request.Sites > 0 { // what was assumed is asked first
		slices.Reverse(size)
	}
	if len(v.Request.Assumed()) == 0 { // then the customer alone may be missing
		size, customer = customer, size
	}
	update := actions(execute(v.Locale.Say(buttonUpdate), withInputs, on(v, "reprice")))
	box := contain(slices.Concat(asking(v), size, customer, []element{update})...).styled("emphasis")
	box.ID = formID
	if len(v.Missing) == 0 {
		box.hide()
	}
	return []element{box}
}

// asking says what was assumed, or what a change leads to.
func asking(v quoting.View) []element {
	assumed := v.Request.Assumed()
	switch {
	case len(assumed) == 2:
		return []element{words(v.Locale.Say(textAssumedBoth)).colored(warning)}
	case slices.Contains(assumed, quoting.NeedSites):
		return []element{words(v.Locale.Say(textAssumedSites)).colored(warning)}
	case slices.Contains(assumed, quoting.NeedIndustry):
		return []element{words(v.Locale.Say(textAssumedTrade)).colored(warning)}
	case slices.Contains(v.Missing, quoting.NeedCustomer):
		return []element{words(v.Locale.Say(textWhichCustomer))}
	case v.State != quoting.Draft:
		return []element{words(v.Locale.Say(textNewVersion))}
	default:
		return nil
	}
}

func sitesInput(v quoting.View) *input {
	in := &input{
		block: block{Type: "Input.Number", ID: "sites"}, Label: v.Locale.Say("Sites"),
		Placeholder: v.Locale.Say("How many?"), Min: 1, ErrorMessage: v.Locale.Say(textSitesError),
	}
	if v.Request.Sites > 0 {
		in.Value = v.Request.Sites
	}
	return in
}

func industryInput(v quoting.View) *input {
	in := &input{
		block: block{Type: "Input.ChoiceSet", ID: "industry"}, Label: v.Locale.Say("Industry"),
		Placeholder: v.Locale.Say(textChooseTrade), Style: "compact",
	}
	for _, i := range v.Industries {
		in.Choices = append(in.Choices, choice{Title: plain(i.Name, maxTitle), Value: string(i.Code)})
		if i.Code == v.Request.Industry {
			in.Value = string(i.Code)
		}
	}
	return in
}

// newCustomer is the choice of a customer that NetSuite does not know. It carries no name:
// that is the one that was typed, and is stored.
const newCustomer = "new"

// fewCandidates are customers that are shown without opening a list.
const fewCandidates = 6

// customerInputs ask for the customer: a choice where the name fits several or nobody, and
// the name.
func customerInputs(v quoting.View) []element {
	name := &input{
		block: block{Type: "Input.Text", ID: "customer"}, Label: v.Locale.Say("Customer"),
		Placeholder: v.Locale.Say(textCustomerName), MaxLength: maxCustomer,
	}
	if v.Customer.ID != 0 || v.Customer.New() {
		name.Placeholder = plain(v.Customer.Name, maxTitle) // kept unless another is typed
		return []element{name}
	}
	if v.CustomerText == "" {
		return []element{name}
	}
	who := &input{
		block: block{Type: "Input.ChoiceSet", ID: "customer_id"}, Label: v.Locale.Say("Customer"),
		Placeholder: v.Locale.Say(textChooseOne), Style: "compact",
	}
	// Where nothing else is asked, a number is an answer in the chat as well.
	numbered := slices.Equal(v.Missing, []quoting.Need{quoting.NeedCustomer})
	if numbered && len(v.Candidates) <= fewCandidates {
		who.Style = "expanded"
	}
	for i, c := range v.Candidates[:min(len(v.Candidates), maxCandidates)] {
		title := c.Name
		if numbered {
			title = strconv.Itoa(i+1) + ". " + title
		}
		if c.EntityID != "" {
			title += " (" + c.EntityID + ")"
		}
		who.Choices = append(who.Choices, choice{Title: plain(title, maxTitle), Value: strconv.FormatInt(int64(c.ID), 10)})
	}
	who.Choices = append(who.Choices, choice{Title: plain(v.Locale.Say(textNewCustomer)+v.CustomerText, maxTitle), Value: newCustomer})
	name.Label = v.Locale.Say(textOtherName)
	return []element{who, name}
}
