package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/govalues/decimal"
)

// shownRef is a reference as it is read.
type shownRef struct {
	Links   []link `json:"links"`
	ID      string `json:"id"`
	RefName string `json:"refName,omitempty"`
}

func shownReference(id int64, name string) *shownRef {
	if id == 0 {
		return nil
	}
	return &shownRef{[]link{}, strconv.FormatInt(id, 10), name}
}

// shownEstimate is an estimate as it is read. What is empty is left out, as NetSuite does.
type shownEstimate struct {
	Links             []link       `json:"links"`
	ID                string       `json:"id,omitempty"`
	ExternalID        string       `json:"externalId,omitempty"`
	TranID            string       `json:"tranId,omitempty"`
	Status            *shownStatus `json:"status,omitempty"`
	Entity            *shownRef    `json:"entity,omitempty"`
	Currency          *shownRef    `json:"currency,omitempty"`
	EntityStatus      *shownRef    `json:"entityStatus,omitempty"`
	Subsidiary        *shownRef    `json:"subsidiary,omitempty"`
	DiscountItem      *shownRef    `json:"discountItem,omitempty"`
	TranDate          string       `json:"tranDate"`
	DueDate           string       `json:"dueDate,omitempty"`
	ExpectedCloseDate string       `json:"expectedCloseDate,omitempty"`
	Title             string       `json:"title,omitempty"`
	Memo              string       `json:"memo,omitempty"`
	OtherRefNum       string       `json:"otherRefNum,omitempty"`
	DiscountRate      string       `json:"discountRate,omitempty"`
	Subtotal          json.Number  `json:"subtotal"`
	DiscountTotal     json.Number  `json:"discountTotal"`
	TaxTotal          json.Number  `json:"taxTotal"`
	Total             json.Number  `json:"total"`
	LastModifiedDate  string       `json:"lastModifiedDate,omitempty"`
	Item              any          `json:"item"`
}

type shownStatus struct {
	ID      string `json:"id"`
	RefName string `json:"refName"`
}

type shownLine struct {
	Links             []link      `json:"links"`
	Line              int64       `json:"line"`
	Item              *shownRef   `json:"item"`
	Description       string      `json:"description,omitempty"`
	Quantity          json.Number `json:"quantity"`
	Price             *shownRef   `json:"price,omitempty"`
	Rate              json.Number `json:"rate,omitempty"`
	Amount            json.Number `json:"amount,omitempty"`
	QuantityAvailable json.Number `json:"quantityAvailable,omitempty"`
}

// shownSublist is a sublist: its lines, or where they can be read.
type shownSublist[L any] struct {
	Links        []link `json:"links"`
	Items        []L    `json:"items"`
	Count        int    `json:"count"`
	HasMore      bool   `json:"hasMore"`
	Offset       int    `json:"offset"`
	TotalResults int    `json:"totalResults"`
}

type sublistLink struct {
	Links []link `json:"links"`
}

func jsonNumber(d decimal.Decimal) json.Number { return json.Number(digits(d)) }

// sublist shows lines where the request expands them, else the link to them.
func sublist[L any](href string, expand bool, lines []L) any {
	if !expand {
		return sublistLink{[]link{{"self", href}}}
	}
	return shownSublist[L]{Links: []link{}, Items: append([]L{}, lines...), Count: len(lines), TotalResults: len(lines)}
}

// show is the draft as it is read. The caller holds the lock.
func (s *Simulator) show(d *draft, expand bool) shownEstimate {
	name := func(list []named, id int64) string { n, _ := nameOf(list, id); return n }
	href := fmt.Sprintf("%s%s/%d", s.URL(), pathEstimate, d.ID)
	e := shownEstimate{
		Links: []link{}, ExternalID: d.ExternalID, TranID: d.TranID,
		Currency:     shownReference(d.Currency, name(s.company.currencies, d.Currency)),
		EntityStatus: shownReference(d.EntityStatus, name(s.company.statuses, d.EntityStatus)),
		Subsidiary:   shownReference(d.Subsidiary, ""),
		DiscountItem: shownReference(d.DiscountItem, name(s.company.discountItems, d.DiscountItem)),
		Entity:       shownReference(d.Entity, ""),
		TranDate:     d.TranDate, DueDate: d.DueDate, ExpectedCloseDate: d.ExpectedCloseDate,
		Title: d.Title, Memo: d.Memo, OtherRefNum: d.OtherRefNum, DiscountRate: d.DiscountRate,
		Subtotal: jsonNumber(d.Subtotal), DiscountTotal: jsonNumber(d.DiscountTotal),
		TaxTotal: jsonNumber(d.TaxTotal), Total: jsonNumber(d.Total),
	}
	if customer := s.company.customer(d.Entity); customer != nil {
		e.Entity.RefName = customer.Name
	}
	if d.ID != 0 {
		e.ID = strconv.FormatInt(d.ID, 10)
		e.Links = []link{{"self", href}}
		e.Status = &shownStatus{d.Status, statusName(d.Status)}
		e.LastModifiedDate = d.LastModified.Format(time.RFC3339)
	}
	lines := make([]shownLine, 0, len(d.Lines))
	for at, l := range d.Lines {
		lines = append(lines, s.showLine(l, d.touched[at]))
	}
	e.Item = sublist(href+"/item", expand, lines)
	return e
}

func (s *Simulator) showLine(l Line, c *change) shownLine {
	shown := shownLine{
		Links: []link{}, Line: l.Number, Item: shownReference(l.Item, ""),
		Description: l.Description, Quantity: jsonNumber(l.Quantity),
	}
	if it := s.company.item(l.Item); it != nil {
		shown.Item.RefName = it.sku
		shown.Description = cmp.Or(l.Description, it.description)
		if available, stocked := s.company.available(it.id); stocked {
			shown.QuantityAvailable = json.Number(strconv.FormatInt(available, 10))
		}
	}
	if c != nil && c.unpriced {
		return shown
	}
	level, _ := search(s.company.levels, l.Price, func(l priceLevel) int64 { return l.ID })
	shown.Price = shownReference(l.Price, level.Name)
	shown.Rate, shown.Amount = jsonNumber(l.Rate), jsonNumber(l.Amount)
	return shown
}

func statusName(id string) string {
	switch id {
	case "A":
		return "Open"
	case "B":
		return "Processed"
	case "C":
		return "Closed"
	case "V":
		return "Voided"
	case "X":
		return "Expired"
	}
	return id
}

// available adds up an item's free stock over all locations.
func (c *company) available(item int64) (int64, bool) {
	at, found := slices.BinarySearchFunc(c.stock, item, func(r stockRow, item int64) int { return cmp.Compare(r.item, item) })
	if !found {
		return 0, false
	}
	var n int64
	for ; at < len(c.stock) && c.stock[at].item == item; at++ {
		n += c.stock[at].available
	}
	return n, true
}

// shownCustomer is a customer as it is read.
type shownCustomer struct {
	Links        []link    `json:"links"`
	ID           string    `json:"id"`
	EntityID     string    `json:"entityId"`
	CompanyName  string    `json:"companyName"`
	ExternalID   string    `json:"externalId,omitempty"`
	EntityStatus *shownRef `json:"entityStatus,omitempty"`
	Email        string    `json:"email,omitempty"`
	PriceLevel   *shownRef `json:"priceLevel,omitempty"`
	Currency     *shownRef `json:"currency"`
	Subsidiary   *shownRef `json:"subsidiary"`
	Parent       *shownRef `json:"parent,omitempty"`
	IsInactive   bool      `json:"isInactive"`
	Taxable      bool      `json:"taxable"`
	LastModified string    `json:"lastModifiedDate"`
	ItemPricing  any       `json:"itemPricing"`
	GroupPricing any       `json:"groupPricing"`
}

type shownItemPrice struct {
	Item     *shownRef   `json:"item"`
	Currency *shownRef   `json:"currency"`
	Level    *shownRef   `json:"level"`
	Price    json.Number `json:"price,omitempty"`
}

type shownGroupPrice struct {
	Group *shownRef `json:"group"`
	Level *shownRef `json:"level"`
}

func (s *Simulator) showCustomer(c *Customer, expand bool) shownCustomer {
	href := fmt.Sprintf("%s%s/%d", s.URL(), pathCustomer, c.ID)
	var items []shownItemPrice
	for _, p := range s.company.itemPrices {
		if p.customer != c.ID {
			continue
		}
		shown := shownItemPrice{Item: shownReference(p.item, ""), Currency: shownReference(p.currency, ""), Level: shownReference(p.level, "")}
		if p.level == customLevel {
			shown.Price = jsonNumber(p.price)
		}
		items = append(items, shown)
	}
	var groups []shownGroupPrice
	for _, p := range s.company.groupPrices {
		if p.customer == c.ID {
			groups = append(groups, shownGroupPrice{shownReference(p.group, ""), shownReference(p.level, "")})
		}
	}
	return shownCustomer{
		Links: []link{{"self", href}}, ID: strconv.FormatInt(c.ID, 10), EntityID: c.entityID(), CompanyName: c.Name, Email: c.Email,
		ExternalID: c.ExternalID, EntityStatus: shownReference(c.status, ""),
		PriceLevel: shownReference(c.level, c.Level), Currency: shownReference(c.currency, c.Currency),
		Subsidiary: shownReference(c.Subsidiary, ""), Parent: shownReference(c.Parent, ""),
		IsInactive: c.Inactive, Taxable: !c.TaxExempt, LastModified: c.modified.Format(time.RFC3339),
		ItemPricing:  sublist(href+"/itemPricing", expand, items),
		GroupPricing: sublist(href+"/groupPricing", expand, groups),
	}
}
