package simulator

import (
	"net/http"
	"time"

	"github.com/govalues/decimal"
)

// ServerFaults are the ways in which any request goes wrong, by name: nothing was done.
func ServerFaults() map[string]Effect {
	const page = "<!DOCTYPE html><html><body>The service is not available.</body></html>"
	return map[string]Effect{
		"a refused login":              Unauthorized(),
		"429":                          TooManyRequests(""),
		"429 with seconds":             TooManyRequests("1"),
		"429 with a date":              TooManyRequests("Wed, 25 Nov 2026 09:12:00 GMT"),
		"429 that is not JSON":         TooManyRequestsInvalid(),
		"500 with an error id":         Refuse(http.StatusInternalServerError, "UNEXPECTED_ERROR", "An unexpected error occurred. Error ID: jrgbpyylphhishmmlxyt"),
		"502 with a page":              Answer(http.StatusBadGateway, "text/html", page),
		"503 with a page":              Answer(http.StatusServiceUnavailable, "text/html", page),
		"504 with a page":              Answer(http.StatusGatewayTimeout, "text/html", page),
		"200 with a maintenance page":  Maintenance(),
		"a redirect to another host":   redirect("https://login.example/"),
		"a broken connection":          Reset(),
		"half an answer":               Truncate(),
		"an answer of another type":    Answer(http.StatusOK, "text/plain", "ok"),
		"an answer of another shape":   Shape(`{"unexpected":true}`),
		"an answer a little late":      Delay(50 * time.Millisecond),
		"a refusal for good":           Refuse(http.StatusBadRequest, "USER_ERROR", "Your current role does not have permission to perform this action."),
		"a field that cannot be used":  Refuse(http.StatusBadRequest, "INVALID_CONTENT", "Error while accessing resource: You have entered an Invalid Field Value"),
		"a bomb of gzip":               GzipBomb(200),
		"an answer drop by drop":       Drip(5, 10*time.Millisecond),
		"ten megabytes instead":        Oversize(10 << 20),
		"nothing at all with 200":      Answer(http.StatusOK, mediaSingular, ""),
		"null":                         Answer(http.StatusOK, mediaSingular, "null"),
		"an error that is not JSON":    Answer(http.StatusBadRequest, "text/plain", "no"),
		"a status that nobody expects": Answer(http.StatusTeapot, "text/plain", "no"),
	}
}

// WriteFaults are the ways in which a write of an estimate goes wrong after it was taken, by
// name.
func WriteFaults() map[string]Effect {
	rate := func(e *Estimate) { e.Lines[0].Rate = decimal.MustParse("0.01") }
	return map[string]Effect{
		"stored, and the connection breaks":   CommitThen(Reset()),
		"stored, and answered with 500":       CommitThen(Refuse(http.StatusInternalServerError, "UNEXPECTED_ERROR", "An unexpected error occurred.")),
		"stored, and answered with a page":    CommitThen(Maintenance()),
		"stored, and answered with 504":       CommitThen(Answer(http.StatusGatewayTimeout, "text/html", "late")),
		"stored, and no Location":             Located(""),
		"stored, and a relative Location":     Located("/services/rest/record/v1/estimate/999"),
		"stored, and another host's Location": Located("https://elsewhere.example/services/rest/record/v1/estimate/999"),
		"nothing stored, and answered as was": PretendStored(),
		"stored at another rate":              StoreChanged(rate),
		"stored with a line less":             StoreChanged(func(e *Estimate) { e.Lines = e.Lines[1:] }),
		"stored with a line more": StoreChanged(func(e *Estimate) {
			l := e.Lines[0]
			l.Number = e.Lines[len(e.Lines)-1].Number + 1
			e.Lines = append(e.Lines, l)
		}),
		"stored with another quantity": StoreChanged(func(e *Estimate) { e.Lines[0].Quantity = decimal.MustParse("777") }),
		"stored for another customer":  StoreChanged(func(e *Estimate) { e.Entity++ }),
		"stored in another currency":   StoreChanged(func(e *Estimate) { e.Currency++ }),
		"stored with a discount":       StoreChanged(func(e *Estimate) { e.DiscountItem, e.DiscountRate = -6, "-10%" }),
	}
}

func redirect(to string) Effect {
	return func(x exchange) { http.Redirect(x.w, x.r, to, http.StatusFound) }
}
