package cards

import (
	"slices"
	"strconv"

	"radioquote/quoting"
)

// questions are the inputs of a quote's card: open where something must still be said,
// behind a button where everything is, so that a slip is mended where it is seen. An
// input that is left empty changes nothing.
func questions(v quoting.View) []element {
	if !v.CanEdit {
		return nil
	}
	form := contain(slices.Concat(
		asking(v),
		[]element{sitesInput(v), industryInput(v)},
		customerInputs(v),
		[]element{actions(execute(buttonUpdate, withInputs, on(v, "reprice")))},
	)...).styled("emphasis")
	form.ID = "form"
	if len(v.Missing) > 0 {
		return []element{form}
	}
	form.hide()
	return []element{actions(toggle(buttonChange, form.ID)), form}
}

// asking says what was assumed.
func asking(v quoting.View) []element {
	assumed := v.Request.Assumed()
	switch {
	case len(assumed) == 2:
		return []element{paragraph(say("I assumed 1 site and the general profile.").bold().colored(warning))}
	case slices.Contains(assumed, quoting.NeedSites):
		return []element{paragraph(say("I assumed 1 site.").bold().colored(warning))}
	case slices.Contains(assumed, quoting.NeedIndustry):
		return []element{paragraph(say("I assumed the general profile.").bold().colored(warning))}
	case slices.Contains(v.Missing, quoting.NeedCustomer):
		return []element{words(textWhichCustomer)}
	default:
		return nil
	}
}

func sitesInput(v quoting.View) *input {
	in := &input{
		block: block{Type: "Input.Number", ID: "sites"}, Label: "Sites",
		Placeholder: "How many?", Min: 1, ErrorMessage: textSitesError,
	}
	if v.Request.Sites > 0 {
		in.Value = v.Request.Sites
	}
	return in
}

func industryInput(v quoting.View) *input {
	in := &input{
		block: block{Type: "Input.ChoiceSet", ID: "industry"}, Label: "Industry",
		Placeholder: textChooseTrade, Style: "compact",
	}
	for _, i := range v.Industries {
		in.Choices = append(in.Choices, choice{Title: plain(i.Name, maxTitle), Value: string(i.Code)})
		if i.Code == v.Request.Industry {
			in.Value = string(i.Code)
		}
	}
	return in
}

// customerInputs ask for the customer: a choice where the name fits several, and the name.
func customerInputs(v quoting.View) []element {
	name := &input{
		block: block{Type: "Input.Text", ID: "customer"}, Label: "Customer",
		Placeholder: textCustomerName, MaxLength: maxCustomer,
	}
	switch {
	case v.Customer.ID != 0:
		name.Placeholder = plain(v.Customer.Name, maxTitle) // kept unless another is typed
	case len(v.Candidates) > 0:
		who := &input{
			block: block{Type: "Input.ChoiceSet", ID: "customer_id"}, Label: "Customer",
			Placeholder: textChooseOne, Style: "compact",
		}
		for _, c := range v.Candidates[:min(len(v.Candidates), maxCandidates)] {
			title := c.Name
			if c.EntityID != "" {
				title += " (" + c.EntityID + ")"
			}
			who.Choices = append(who.Choices, choice{Title: plain(title, maxTitle), Value: strconv.FormatInt(int64(c.ID), 10)})
		}
		name.Label, name.Placeholder = textOtherName, textCustomerName
		return []element{who, name}
	case v.CustomerText != "":
		name.Placeholder = plain(v.CustomerText, maxTitle) + "?"
	}
	return []element{name}
}
