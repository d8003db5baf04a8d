package model

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// azureVersion is the api-version of a deployment's URL that names none: the first generally
// available one with structured outputs. Source: "Azure OpenAI in Azure AI Foundry Models
// REST API reference".
const azureVersion = "2024-10-21"

// azureHosts are the domains of Azure's endpoints.
var azureHosts = []string{".openai.azure.com", ".openai.azure.us", ".cognitiveservices.azure.com", ".services.ai.azure.com"}

// endpoint is where chat completions are asked for, and how a caller says who it is.
type endpoint struct {
	url   *url.URL
	azure bool
}

// parseEndpoint reads the URL that an operator has: of an API's base, with or without /v1,
// of an Azure resource, of a deployment on one, or of chat completions themselves. Plain
// http is for this machine alone.
func parseEndpoint(raw string) (endpoint, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return endpoint{}, errors.New("the model's URL cannot be read") // the error quotes it
	}
	host := strings.ToLower(u.Hostname())
	switch {
	case host == "" || u.User != nil || u.Fragment != "":
		return endpoint{}, errors.New("the model's URL is no plain URL with a host")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(host)):
		return endpoint{}, fmt.Errorf("the model's URL is neither https nor http on loopback: %s", u.Scheme)
	}
	e := endpoint{url: u}
	for _, domain := range azureHosts {
		e.azure = e.azure || strings.HasSuffix(host, domain)
	}
	path := strings.TrimRight(u.Path, "/")
	deployment := strings.Contains(path, "/openai/deployments/")
	e.azure = e.azure || deployment
	if deployment && u.Query().Get("api-version") == "" {
		query := u.Query()
		query.Set("api-version", azureVersion)
		u.RawQuery = query.Encode()
	}
	const completions = "/chat/completions"
	switch {
	case strings.HasSuffix(path, completions):
	case e.azure && path == "":
		path = "/openai/v1" + completions
	case path == "":
		path = "/v1" + completions
	default:
		path += completions
	}
	u.Path, u.RawPath = path, ""
	return e, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// sign says who we are. Azure takes a key in a header of its own; its Authorization is for
// Entra's tokens.
func (e endpoint) sign(header http.Header, key Key) {
	switch secret := key.reveal(); {
	case secret == "":
	case e.azure:
		header.Set("api-key", secret)
	default:
		header.Set("Authorization", "Bearer "+secret)
	}
}
