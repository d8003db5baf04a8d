package entra

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// callTimeout bounds one call, with its token, retries and waiting.
	callTimeout = 30 * time.Second
	// maxPages of 999 are more people than a dealer has by far.
	maxPages = 100
)

// call is one request to Graph. All that we send may be repeated.
type call struct {
	op     string // for errors and metrics
	method string
	path   string // below the version, escaped
	query  url.Values
	// advanced asks for what a type cast in the path needs, the header ConsistencyLevel and
	// $count. Source: "Advanced query capabilities on Microsoft Entra ID objects".
	advanced bool
	prefer   string // the header of that name
	body     any    // nil for none
}

// do makes the call and decodes the answer, unless into is nil. Its error is an *Error.
func (g *Graph) do(ctx context.Context, k call, into any) error {
	target := g.base.JoinPath(k.path)
	query := url.Values{}
	maps.Copy(query, k.query)
	if k.advanced {
		query.Set("$count", "true")
	}
	target.RawQuery = spaced(query)
	return g.send(ctx, k, target.String(), into)
}

// spaced encodes a query with %20 for a space, as Graph's documentation writes them.
func spaced(query url.Values) string { return strings.ReplaceAll(query.Encode(), "+", "%20") }

func (g *Graph) send(ctx context.Context, k call, target string, into any) error {
	start := time.Now()
	err := g.try(ctx, k, target, into)
	g.metrics.count(k.op, err, time.Since(start))
	return err
}

func (g *Graph) try(ctx context.Context, k call, target string, into any) error {
	var body []byte
	if k.body != nil {
		var err error
		if body, err = json.Marshal(k.body); err != nil {
			return &Error{Op: k.op, Kind: ErrRefused, Err: err}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	answer, err := g.exchange(ctx, k, target, body)
	if err != nil {
		return err
	}
	if answer.status < 200 || answer.status > 299 {
		wait, _ := retryAfter(answer.header.Get("Retry-After"), time.Now())
		return &Error{Op: k.op, Kind: kindOf(answer.status), Status: answer.status, Code: graphCode(answer.body), RetryAfter: wait}
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(answer.body, into); err != nil {
		return nonsense(k.op, "the answer is not the JSON that was asked for")
	}
	return nil
}

// nonsense is the error for an answer from which nothing can be known.
func nonsense(op, format string, args ...any) *Error {
	return &Error{Op: op, Kind: ErrUnavailable, Err: fmt.Errorf(format, args...)}
}

// exchange sends the request with our token and, if that is refused, once more with a new one.
func (g *Graph) exchange(ctx context.Context, k call, target string, body []byte) (reply, error) {
	for renewed := false; ; renewed = true {
		token, err := g.tokens.get(ctx)
		if err != nil {
			return reply{}, err
		}
		req, err := http.NewRequestWithContext(ctx, k.method, target, bytes.NewReader(body))
		if err != nil {
			return reply{}, &Error{Op: k.op, Kind: ErrRefused, Err: err}
		}
		if body != nil {
			req.Header.Set("Content-Type", "application/json")
		}
		req.Header.Set("Accept", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		if k.advanced {
			req.Header.Set("ConsistencyLevel", "eventual")
		}
		if k.prefer != "" {
			req.Header.Set("Prefer", k.prefer)
		}
		answer, err := exchange(g.client, req)
		if err != nil {
			return reply{}, &Error{Op: k.op, Kind: ErrUnavailable, Err: err}
		}
		if answer.status != http.StatusUnauthorized || renewed {
			return answer, nil
		}
		g.tokens.drop(token)
	}
}

// page is a part of a list.
type page[T any] struct {
	Value []T    `json:"value"`
	Next  string `json:"@odata.nextLink"`
}

// list makes the call and follows it to the end of the list. A list that has no end, or goes
// on at another place than Graph's, is an error: half a list is none.
func list[T any](ctx context.Context, g *Graph, k call) ([]T, error) {
	var all []T
	fetch := func(into *page[T]) error { return g.do(ctx, k, into) }
	for range maxPages {
		var p page[T]
		if err := fetch(&p); err != nil {
			return nil, err
		}
		all = append(all, p.Value...)
		if p.Next == "" {
			return all, nil
		}
		next, ok := follow(g.base, p.Next)
		if !ok {
			return nil, nonsense(k.op, "the list goes on at a place that is not Graph's")
		}
		fetch = func(into *page[T]) error { return g.send(ctx, k, next, into) }
	}
	return nil, nonsense(k.op, "the list has more than %d pages", maxPages)
}

// follow returns the link to the next page, as it is, if it leads to the same version of the
// same service: the token goes with it.
func follow(base *url.URL, link string) (string, bool) {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != base.Scheme || u.Host != base.Host || u.User != nil || u.Fragment != "" ||
		!strings.HasPrefix(u.Path, base.Path+"/") {
		return "", false
	}
	return u.String(), true
}

// only are the properties that an answer is to have.
func only(properties string) url.Values { return url.Values{"$select": {properties}} }

// lower is the form in which ids are compared: Entra writes them so, people do not.
func lower(id string) string { return strings.ToLower(id) }
