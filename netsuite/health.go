package netsuite

import (
	"errors"
	"fmt"
	"time"
)

const (
	// certificateWarning is how long before a certificate's end people are told: getting
	// a new one needs an administrator of NetSuite.
	certificateWarning = 30 * 24 * time.Hour

	// skewWarning is how far clocks may be apart. NetSuite refuses sign-ins at five
	// minutes or less.
	skewWarning = time.Minute
)

// Health is how the connection with NetSuite is at this moment, without asking NetSuite.
// It is for showing: whoever has something to ask asks, and one of them finds out that
// NetSuite is back.
type Health struct {
	// Open: calls are held back because NetSuite does not answer.
	Open bool
	// CertificateExpires is zero where the certificate is not known.
	CertificateExpires time.Time
	// Skew is NetSuite's clock minus ours, to a second or so. It is zero until measured:
	// by ServerTime, and by the Date of an answer to a sign-in.
	Skew time.Duration
}

// Health says how the connection is.
func (c *Client) Health() Health {
	h := Health{Open: c.breaker.IsOpen(), Skew: time.Duration(c.skew.Load())}
	if c.config.Certificate != nil {
		h.CertificateExpires = c.config.Certificate.NotAfter
	}
	return h
}

// Warnings are the sentences for an operator about what is going to fail, or fails
// already, and what to do.
func (h Health) Warnings(now time.Time) []string {
	var warnings []string
	if left := h.CertificateExpires.Sub(now); !h.CertificateExpires.IsZero() && left < certificateWarning {
		when := fmt.Sprintf("expires in %d days, on", int(left.Hours()/24))
		if left <= 0 {
			when = "expired on"
		}
		warnings = append(warnings, fmt.Sprintf("The certificate of the NetSuite integration %s %s: make a new key and certificate, "+
			"upload it under Setup → Integration → Manage Authentication → OAuth 2.0 Client Credentials Setup, and configure its certificate id.",
			when, h.CertificateExpires.UTC().Format("2 January 2006")))
	}
	if h.skewed() {
		warnings = append(warnings, h.skewText()+".")
	}
	return warnings
}

func (h Health) skewed() bool { return h.Skew.Abs() > skewWarning }

func (h Health) skewText() string {
	side := "ahead of"
	if h.Skew < 0 {
		side = "behind"
	}
	return fmt.Sprintf("NetSuite's clock is %s %s ours: set this machine's clock", h.Skew.Abs().Round(time.Second), side)
}

// cause is why NetSuite probably refused a sign-in, or nil where nothing is known: its
// answer never says.
func (h Health) cause(now time.Time) error {
	switch {
	case h.skewed():
		return errors.New(h.skewText())
	case !h.CertificateExpires.IsZero() && now.After(h.CertificateExpires):
		return fmt.Errorf("the certificate expired on %s", h.CertificateExpires.UTC().Format("2 January 2006"))
	}
	return nil
}

// measure compares NetSuite's clock, as just received, with ours. The way of the answer
// to us counts as skew; it is short against skewWarning.
func (c *Client) measure(theirs time.Time) {
	skew := time.Until(theirs)
	c.skew.Store(int64(skew))
	c.metrics.skew.WithLabelValues().Set(skew.Seconds())
}
