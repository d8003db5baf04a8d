package bot

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"go.uber.org/zap"
	"golang.org/x/oauth2"

	"radioquote/bot/entra"
	"radioquote/quoting"
	"radioquote/quoting/desk"
)

// StepUp is the page on which somebody proves a large decision: it sends the browser to
// Entra, takes what comes back, and has the desk do what was left. It decides nothing and
// shows no name and no price: whoever has its address may open it.
type StepUp struct {
	desk   *desk.Desk
	signIn *entra.SignIn
	entra  string // the origin that the form may lead to
	log    *zap.Logger
}

// StepUpCallback is the path on which Entra's answers arrive: the registration's redirect URI.
const StepUpCallback = "/step-up/callback"

// stepUpCookie binds a sign-in to the browser that began it. Its prefix makes browsers refuse
// it over plain http, from a parent domain, or for a part of the site.
const stepUpCookie = "__Host-radioquote-step-up"

// NewStepUp is the page for the desk. entraURL is where SignIn sends browsers.
func NewStepUp(d *desk.Desk, signIn *entra.SignIn, entraURL string, log *zap.Logger) (*StepUp, error) {
	u, err := url.Parse(entraURL)
	if err != nil || u.Host == "" {
		return nil, errors.New("new step-up page: Entra's URL is none")
	}
	return &StepUp{desk: d, signIn: signIn, entra: u.Scheme + "://" + u.Host, log: log}, nil
}

// Register makes e serve the page.
func (s *StepUp) Register(e *echo.Echo) {
	e.GET(StepUpCallback, s.handle(s.callback))
	e.GET("/step-up/:id", s.handle(s.show))
	e.POST("/step-up/:id", s.handle(s.begin))
}

//go:embed stepup.html
var stepUpHTML string

var stepUpPage = template.Must(template.New("step-up").Parse(stepUpHTML))

// page is what the browser shows.
type page struct {
	Title string
	Text  string
	Begin string // the button that goes to the sign-in; empty: none
	Again string // the page that the button belongs to, where it is not this one
	Good  bool
	Nonce string // of the style

	status int
	leads  string // where the browser is sent instead
}

// handle answers with a page, whatever happens, and logs what an operator should know.
func (s *StepUp) handle(do func(echo.Context, string) (page, error)) echo.HandlerFunc {
	return func(c echo.Context) error {
		correlation := rand.Text()[:12]
		ctx, cancel := context.WithTimeout(c.Request().Context(), answerLimit)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		var p page
		err := safely(func() (err error) {
			p, err = do(c, correlation)
			return err
		})
		if err != nil {
			p = s.problem(err, correlation)
		}
		return s.answer(c, p)
	}
}

func (s *StepUp) problem(err error, correlation string) page {
	sentence, said := quoting.Sentence(err)
	status := map[quoting.Kind]int{quoting.NotFound: http.StatusNotFound, quoting.Forbidden: http.StatusForbidden, quoting.Conflict: http.StatusConflict, quoting.Invalid: http.StatusBadRequest}[quoting.KindOf(err)]
	switch {
	case quoting.KindOf(err) == quoting.NotFound:
		return page{Title: "There is no such sign-in", Text: "Go back to Teams and press the button on the quote's card again.", status: status}
	case said && status != 0:
		return page{Title: "Nothing was decided", Text: sentence, status: status}
	}
	s.log.Error("step-up", zap.String("correlation", correlation), zap.Error(err))
	return page{Title: "Something went wrong on my side", Text: "Nothing was decided. Go back to Teams and try again. Reference: " + correlation, status: http.StatusInternalServerError}
}

func (s *StepUp) answer(c echo.Context, p page) error {
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	if p.leads != "" {
		return c.Redirect(http.StatusSeeOther, p.leads)
	}
	p.Nonce = rand.Text()
	// A form's redirect is held against form-action, too.
	h.Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; style-src 'nonce-%s'; form-action 'self' %s; frame-ancestors 'none'; base-uri 'none'", p.Nonce, s.entra))
	var b strings.Builder
	if err := stepUpPage.Execute(&b, p); err != nil {
		return err
	}
	if p.status == 0 {
		p.status = http.StatusOK
	}
	return c.HTML(p.status, b.String())
}

// show says what is to be proved. It begins nothing: programs that look at links open it too.
func (s *StepUp) show(c echo.Context, _ string) (page, error) {
	in, err := s.desk.SignIn(c.Request().Context(), c.Param("id"))
	switch {
	case err != nil:
		return page{}, err
	case in.Used:
		return page{Title: "This sign-in has been used", Text: "Go back to Teams: the card shows how it stands.", status: http.StatusGone}, nil
	case in.Expired:
		return page{Title: "This sign-in has expired", Text: "Nothing was decided. Go back to Teams and press the button again.", status: http.StatusGone}, nil
	}
	return page{Title: purpose(in), Text: "Sign in once more to prove that it is you. Nothing is decided before that, and the sign-in is good for this alone.", Begin: "Sign in and continue"}, nil
}

// purpose is what a sign-in is for, in a line without names and prices.
func purpose(in desk.SignIn) string {
	switch in.Purpose {
	case "delegation":
		return "Let a colleague decide in your place"
	case "policy":
		return "Confirm a change of roles or policy"
	default:
		return fmt.Sprintf("Approve %s v%d", in.Quote, in.Version)
	}
}

// begin sends the browser to Entra, with a state, a nonce and a verifier of this round alone.
func (s *StepUp) begin(c echo.Context, correlation string) (page, error) {
	if site := c.Request().Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return page{}, quoting.Errorf(quoting.Forbidden, "This was sent by another page. Go back to Teams and press the button again.")
	}
	ctx, id := c.Request().Context(), c.Param("id")
	in, err := s.desk.SignIn(ctx, id)
	if err != nil {
		return page{}, err
	}
	browser, state, nonce, verifier := rand.Text(), rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	there, err := s.signIn.URL(ctx, entra.Request{State: state, Nonce: nonce, Verifier: verifier, Context: s.desk.Policy.StepUp.Context})
	if err != nil {
		return page{}, s.silent(in, err, correlation)
	}
	if err := s.desk.BeginSignIn(ctx, id, state, nonce, verifier, fingerprint(browser)); err != nil {
		return page{}, err
	}
	c.SetCookie(&http.Cookie{
		Name: stepUpCookie, Value: browser, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int(s.desk.Policy.StepUp.Lives / time.Second),
	})
	return page{leads: there}, nil
}

// fingerprint is what is kept of a cookie.
func fingerprint(cookie string) string {
	digest := sha256.Sum256([]byte(cookie))
	return hex.EncodeToString(digest[:])
}

// silent is the answer while Entra cannot be asked.
func (s *StepUp) silent(in desk.SignIn, err error, correlation string) error {
	s.log.Error("step-up: the identity provider does not answer", zap.String("correlation", correlation), zap.Error(err))
	what := "What you wanted stays undecided."
	if in.Quote != 0 {
		what = fmt.Sprintf("%s stays as it is.", in.Quote)
	}
	return quoting.Errorf(quoting.Conflict, "The sign-in does not answer at the moment. %s Try again in a few minutes.", what)
}

// callback takes what Entra sends the browser back with.
func (s *StepUp) callback(c echo.Context, correlation string) (page, error) {
	ctx := c.Request().Context()
	answer, problem := entra.ParseAnswer(c.QueryParams())
	if answer.State == "" {
		return page{}, quoting.Errorf(quoting.Invalid, "That is no answer of a sign-in. Go back to Teams and press the button again.")
	}
	cookie, err := c.Cookie(stepUpCookie)
	if err != nil {
		return page{}, quoting.Errorf(quoting.Forbidden, "This sign-in was begun in another browser. Go back to Teams and press the button again.")
	}
	in, verifier, err := s.desk.ReturnSignIn(ctx, answer.State, fingerprint(cookie.Value))
	if err != nil {
		return page{}, err
	}
	var proof entra.Proof
	if problem == nil {
		proof, problem = s.signIn.Verify(ctx, answer.Code, verifier, entra.Expected{
			Nonce: in.Nonce, ObjectID: in.Person.Object, Context: s.desk.Policy.StepUp.Context, MaxAge: s.desk.Policy.StepUp.MaxAge, Now: s.desk.Now(),
		})
	}
	if problem != nil {
		return s.refuse(ctx, in, problem, correlation)
	}
	content, err := s.desk.Prove(ctx, in, proof.AuthTime, correlation)
	if err != nil {
		return page{}, err
	}
	return said(content), nil
}

// refusals are what stands against a proof, by name for the counter, and in a sentence.
var refusals = []struct {
	cause    error
	label    string
	sentence string
}{
	{entra.ErrDenied, "denied", "You called the sign-in off."},
	{entra.ErrPerson, "another person", "Somebody else signed in than who pressed the button in Teams."},
	{entra.ErrTenant, "another tenant", "That account is of another organization."},
	{entra.ErrContext, "no context", "That sign-in was without the second factor that large decisions need. If none was asked for, an admin looks at the authentication context in Entra."},
	{entra.ErrStale, "stale", "That sign-in was too long ago. Sign in once more."},
	{entra.ErrNonce, "nonce", "That was the answer to another sign-in."},
	{entra.ErrCode, "code", "That sign-in has been used already, or has expired."},
	{entra.ErrToken, "token", "The proof of the sign-in was not valid."},
	{entra.ErrUnavailable, "unavailable", "The sign-in does not answer at the moment."},
}

// refuse records a proof that did not hold. It may be tried again from the page.
func (s *StepUp) refuse(ctx context.Context, in desk.SignIn, problem error, correlation string) (page, error) {
	label, sentence := "refused", "The sign-in was refused."
	for _, r := range refusals {
		if errors.Is(problem, r.cause) {
			label, sentence = r.label, r.sentence
			break
		}
	}
	s.log.Warn("step-up refused", zap.String("correlation", correlation), zap.String("reason", label), zap.Error(problem))
	if err := s.desk.RefuseSignIn(ctx, in, label, correlation); err != nil {
		return page{}, err
	}
	return page{Title: "Nothing was decided", Text: sentence, Begin: "Sign in again", Again: "/step-up/" + in.ID, status: http.StatusForbidden}, nil
}

// said is what became of the decision.
func said(content desk.Content) page {
	switch {
	case content.Notice != nil:
		return page{Title: "Done", Text: content.Notice.Text + " You can close this page.", Good: true}
	case content.View == nil:
		return page{Title: "Done", Text: "You can close this page and go back to Teams.", Good: true}
	case content.View.Banner != "":
		return page{Title: "Nothing was decided", Text: content.View.Banner, status: http.StatusConflict}
	}
	v := content.View
	p := page{Title: fmt.Sprintf("%s v%d is %s", v.Quote, v.Version, v.State), Text: "You can close this page: the card in Teams shows the same.", Good: true}
	if v.State == quoting.Pending {
		p.Title, p.Text = fmt.Sprintf("You approved %s v%d", v.Quote, v.Version), "Others decide after you. You can close this page: the card in Teams shows who."
	}
	return p
}
