package simulator

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

const (
	mediaError      = "application/vnd.oracle.resource+json; type=error"
	mediaSingular   = "application/vnd.oracle.resource+json; type=singular"
	mediaCollection = "application/vnd.oracle.resource+json; type=collection"
	mediaCreateForm = "application/vnd.oracle.resource+json; type=create-form"
)

// problem is a refusal in the shape that SuiteTalk REST gives its errors ("REST web services
// error handling", Oracle help section_156570709583).
type problem struct {
	status int
	title  string // empty: the status' own
	detail problemDetail
}

type problemDetail struct {
	Detail         string `json:"detail"`
	Code           string `json:"o:errorCode"`
	Path           string `json:"o:errorPath,omitempty"`
	QueryParameter string `json:"o:errorQueryParam,omitempty"`
	Header         string `json:"o:errorHeader,omitempty"`
}

func (p *problem) Error() string {
	return fmt.Sprintf("%d %s: %s", p.status, p.detail.Code, p.detail.Detail)
}

func refusef(status int, code, format string, args ...any) *problem {
	return &problem{status: status, detail: problemDetail{Code: code, Detail: fmt.Sprintf(format, args...)}}
}

// invalidContent refuses a property of a record; path is that property's place in the body.
func invalidContent(path, format string, args ...any) *problem {
	p := refusef(http.StatusBadRequest, "INVALID_CONTENT", format, args...)
	p.detail.Path = path
	return p
}

// invalidField is NetSuite's answer to an id that does not exist, is inactive, or may not be used
// here: it does not say which.
func invalidField(path, field, value string) *problem {
	return invalidContent(path, "Error while accessing resource: You have entered an Invalid Field Value %s for the following field: %s", value, field)
}

func userError(path, format string, args ...any) *problem {
	p := refusef(http.StatusBadRequest, "USER_ERROR", "Error while accessing a resource. "+format, args...)
	p.detail.Path = path
	return p
}

func invalidParameter(name, format string, args ...any) *problem {
	p := refusef(http.StatusBadRequest, "INVALID_PARAMETER", format, args...)
	p.detail.QueryParameter = name
	return p
}

func invalidHeader(name, format string, args ...any) *problem {
	p := refusef(http.StatusBadRequest, "INVALID_HEADER", format, args...)
	p.detail.Header = name
	return p
}

func recordMissing() *problem {
	return refusef(http.StatusNotFound, "NONEXISTENT_ID", "Record does not exist.")
}

func loginRefused() *problem {
	return refusef(http.StatusUnauthorized, "INVALID_LOGIN", "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at Setup > Users/Roles > User Management > View Login Audit Trail.")
}

// write sends the problem as NetSuite would.
func (p *problem) write(w http.ResponseWriter) {
	writeJSON(w, p.status, mediaError, struct {
		Type    string          `json:"type"`
		Title   string          `json:"title"`
		Status  int             `json:"status"`
		Details []problemDetail `json:"o:errorDetails"`
	}{
		"https://www.rfc-editor.org/rfc/rfc9110.html#name-status-codes",
		cmp.Or(p.title, http.StatusText(p.status)), p.status, []problemDetail{p.detail},
	})
}

// writeError answers a request that failed: a problem as it is, anything else as NetSuite's
// unexpected error.
func writeError(w http.ResponseWriter, err error) {
	var p *problem
	if !errors.As(err, &p) {
		p = refusef(http.StatusInternalServerError, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: %s", strings.ToLower(rand.Text()[:20]))
	}
	p.write(w)
}

// writeJSON sends body. A body that cannot be encoded is a defect of this package and shows as a
// bare 500.
func writeJSON(w http.ResponseWriter, status int, media string, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, status, media, encoded)
}

// send writes a whole answer. The client may be gone: then there is nobody to tell.
func send(w http.ResponseWriter, status int, media string, body []byte) {
	if media != "" {
		w.Header().Set("Content-Type", media)
	}
	w.WriteHeader(status)
	w.Write(body)
}
