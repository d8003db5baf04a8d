package manifest

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
)

// schemaVersion is that of the Microsoft 365 app manifest schema that we write.
const schemaVersion = "1.30"

// manifest is the part of manifest.json that we use.
type manifest struct {
	Schema              string      `json:"$schema"`
	ManifestVersion     string      `json:"manifestVersion"`
	Version             string      `json:"version"`
	ID                  string      `json:"id"`
	Developer           developer   `json:"developer"`
	Name                name        `json:"name"`
	Description         description `json:"description"`
	Icons               icons       `json:"icons"`
	AccentColor         string      `json:"accentColor"`
	Bots                []bot       `json:"bots"`
	ComposeExtensions   []extension `json:"composeExtensions"`
	ValidDomains        []string    `json:"validDomains"`
	DefaultInstallScope string      `json:"defaultInstallScope"`
	LocalizationInfo    languages   `json:"localizationInfo"`
}

type developer struct {
	Name          string `json:"name"`
	WebsiteURL    string `json:"websiteUrl"`
	PrivacyURL    string `json:"privacyUrl"`
	TermsOfUseURL string `json:"termsOfUseUrl"`
}

type name struct {
	Short string `json:"short"`
	Full  string `json:"full"`
}

type description struct {
	Short string `json:"short"`
	Full  string `json:"full"`
}

type icons struct {
	Color   string `json:"color"`
	Outline string `json:"outline"`
}

type bot struct {
	BotID         string        `json:"botId"`
	Scopes        []string      `json:"scopes"`
	SupportsFiles bool          `json:"supportsFiles"`
	CommandLists  []commandList `json:"commandLists"`
}

type commandList struct {
	Scopes   []string  `json:"scopes"`
	Commands []command `json:"commands"`
}

// command is a suggestion that Teams shows in the compose box. A click on it writes the
// title there, so each title is a command that works as it is.
type command struct {
	Title       string `json:"title"`
	Description string `json:"description"`
}

// extension is what the compose box of any chat offers: searches whose results are cards
// to insert. Teams allows one.
type extension struct {
	BotID    string   `json:"botId"`
	Commands []Search `json:"commands"`
}

// Search is one of its commands. Its id is what package bot is asked for by.
type Search struct {
	ID          string      `json:"id"`
	Type        string      `json:"type"`
	Context     []string    `json:"context"`
	Title       string      `json:"title"`
	Description string      `json:"description"`
	InitialRun  bool        `json:"initialRun"` // asked once with nothing typed, as it is opened
	Parameters  []Parameter `json:"parameters"`
}

// Parameter is what is typed into a search.
type Parameter struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Description string `json:"description"`
	InputType   string `json:"inputType"`
}

// languages says which files of the package have the manifest's texts in other languages.
// A text that such a file leaves out is shown as it is here.
type languages struct {
	Default    string     `json:"defaultLanguageTag"`
	Additional []language `json:"additionalLanguages"`
}

type language struct {
	Tag  string `json:"languageTag"`
	File string `json:"file"`
}

func newManifest(o Options) (manifest, error) {
	public, err := url.Parse(o.PublicURL)
	if err != nil {
		return manifest{}, fmt.Errorf("public URL: %w", err)
	}
	return manifest{
		Schema:          "https://developer.microsoft.com/json-schemas/teams/v" + schemaVersion + "/MicrosoftTeams.schema.json",
		ManifestVersion: schemaVersion,
		Version:         o.Version,
		ID:              o.AppID,
		Developer: developer{
			Name:          cmp.Or(o.Developer, "Radio Quote"),
			WebsiteURL:    cmp.Or(o.WebsiteURL, o.PublicURL),
			PrivacyURL:    cmp.Or(o.PrivacyURL, o.PublicURL),
			TermsOfUseURL: cmp.Or(o.TermsOfUseURL, o.PublicURL),
		},
		Name: name{
			Short: "Radio Quote",
			Full:  "Radio Quote: two-way radio systems, sized and priced in chat",
		},
		Description: description{
			Short: "Sizes and prices two-way radio systems in chat, from NetSuite's prices.",
			Full: "Write what the customer needs, for example \"quote 40 radios for 3 sites\", and get a card " +
				"with a complete two-way radio system: radios, repeaters, accessories and services, sized for the " +
				"industry, priced from NetSuite and checked twice. Change it in words (\"make it 45\"), then submit it. " +
				"Large or low-margin quotes go to your manager, who approves or rejects on a card; an approved quote " +
				"becomes an Estimate in NetSuite at once.\n\n" +
				"Prices and margins are shown only to people who may see them, and every step is kept in a log " +
				"that can be verified.",
		},
		Icons:       icons{Color: colorFile, Outline: outlineFile},
		AccentColor: "#0F4C75",
		Bots: []bot{{
			BotID:  o.AppID,
			Scopes: []string{"personal", "team", "groupChat"},
			CommandLists: []commandList{
				{Scopes: []string{"personal"}, Commands: personalCommands},
				{Scopes: []string{"team"}, Commands: sharedCommands},
				{Scopes: []string{"groupChat"}, Commands: sharedCommands},
			},
		}},
		ComposeExtensions:   []extension{{BotID: o.AppID, Commands: searches}},
		ValidDomains:        []string{public.Host},
		DefaultInstallScope: "personal",
		LocalizationInfo:    languages{Default: "en-us", Additional: []language{{Tag: "es", File: spanishFile}}},
	}, nil
}

// A test of the program reads each title, so that none is one that the bot does not get.
var personalCommands = []command{
	{"quote 40 radios for 3 sites", "Size and price a system; say radios, sites, industry and customer in any order"},
	{"quote 25 radios, 1 site, hotel, for Acme Construction", "The same with everything that a quote needs"},
	{"make it 45", "Change the number of radios of your last quote"},
	{"10% off", "Take a discount off your last quote"},
	{"undo", "Go back to the version before"},
	{"submit", "Send your last quote for approval"},
	{"status", "Where your quotes are"},
	{"my quotes", "Your newest quotes, to open with a tap"},
	{"price of a 6-bank charger", "The price of an item, by its SKU or in words"},
	{"why does it need approval?", "The rules that your last quote meets"},
	{"pending approvals", "What waits for a decision"},
	{"help", "What you can write, with examples"},
}

// In a team or a group chat prices stay hidden until the quote's owner shares them, so
// fewer commands make sense there.
var sharedCommands = []command{
	{"quote 40 radios for 3 sites", "Size and price a system; its price is shown to you alone"},
	{"status", "Where your quotes are"},
	{"help", "What you can write, with examples"},
}

// Searches are what the compose box offers, for whoever stands in for Teams.
func Searches() []Search { return slices.Clone(searches) }

var searches = []Search{
	{
		ID: "searchQuotes", Type: "query", Context: composeBox, InitialRun: true,
		Title: "Quotes", Description: "Find a quote and insert its card, which stays up to date and shows each reader what they may see",
		Parameters: []Parameter{{
			Name: "query", InputType: "text",
			Title: "Number or customer", Description: "A quote's number or the customer's name; nothing: your newest quotes",
		}},
	},
	{
		ID: "searchPrices", Type: "query", Context: composeBox, InitialRun: false,
		Title: "Prices", Description: "Find an item and insert its list price",
		Parameters: []Parameter{{
			Name: "query", InputType: "text",
			Title: "SKU or item", Description: "An SKU or words of the item's name",
		}},
	},
}

var composeBox = []string{"compose", "commandBox"}
