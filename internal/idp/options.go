package idp

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/loggedout/loggedout/fixtures"
)

// Options say what a [Server] is made of. Only BaseURL is required.
type Options struct {
	// BaseURL is where the protocol face is reached, such as
	// http://127.0.0.1:8080. Issuer URLs are BaseURL + "/" + name; they are
	// never derived from a request's Host.
	BaseURL string
	// Issuers are the issuers that are there from the start.
	Issuers []IssuerOptions
	// OnlyListed refuses issuers that are not in Issuers. Otherwise a path
	// issuer is made when it is first asked for.
	OnlyListed bool
	// Recipes are the named recipes of Mint and Deliver, by "case" and by
	// "case/variant".
	Recipes map[string]fixtures.Recipe
	// Clock is the base clock. Nil: the system's.
	Clock func() time.Time
	// Rand is where identifiers come from. Nil: the system's. It need not be
	// safe for concurrent use.
	Rand io.Reader
	// SessionLife ends a provider session that long after its login, without a
	// logout token. Zero: a session lasts until it is ended.
	SessionLife time.Duration
	// Mount are further handlers on the protocol face, by a segment of their
	// paths: wherever it stands in a path, the request is theirs. No issuer has
	// such a name.
	Mount    map[string]http.Handler
	Delivery DeliveryOptions
	Control  ControlOptions
	Limits   Limits
	// Log is told what happens. Nil: nothing is logged.
	Log *slog.Logger
}

// IssuerOptions describe an issuer.
type IssuerOptions struct {
	// Name is the path segment; empty is the root issuer, whose URL is the
	// base URL itself.
	Name string
	// Clients are the clients that are known. Others are served as well,
	// unless Strict is set.
	Clients []Client
	// Users are offered on the login page. Others may log in as well, unless
	// Strict is set.
	Users []User
	// SigningAlgs are the algorithms that ID and logout tokens are signed with;
	// the first is that of a client which asks for none. Empty: RS256.
	SigningAlgs []string
	// Strict serves only the clients, redirect URIs and users that are listed.
	Strict bool
}

// DeliveryOptions say how logout tokens are delivered (Back-Channel Logout 1.0,
// section 2.5).
type DeliveryOptions struct {
	// Budget is the time that one logout may take at all its clients together.
	// Zero: 5 s.
	Budget time.Duration
	// Timeout is how long one attempt may take. Zero: 3 s.
	Timeout time.Duration
	// Retries is how often a delivery is repeated that may have failed.
	// Zero: 3; negative: never.
	Retries int
	// Wait is the pause before the first repetition; each further one is twice
	// as long. Zero: 100 ms.
	Wait time.Duration
	// Client sends. Redirects are never followed and cookies never kept,
	// whatever it says. Nil: one that opens a connection per delivery.
	Client *http.Client
}

// ControlOptions say who may use the control face.
type ControlOptions struct {
	// Token is asked for as a bearer token. Empty: no token is needed.
	Token string
	// Hosts are names, beside those of the loopback interface, that a request
	// may be addressed to. It keeps out web pages that had a name of their own
	// resolved to this machine.
	Hosts []string
}

// Limits bound what the server remembers; the oldest goes first. A zero field
// means the default.
type Limits struct {
	// Sessions is per issuer. Zero: 10,000.
	Sessions int
	// Tokens bounds codes, and access and refresh tokens, per issuer. Zero:
	// 20,000 of each kind.
	Tokens int
	// Deliveries is how many attempts are kept. Zero: 1,000.
	Deliveries int
	// Requests is how many requests are kept. Zero: 1,000.
	Requests int
	// Issuers bounds the issuers that are made on demand. Zero: 64.
	Issuers int
}

// complete checks the options and fills in the defaults.
func (o *Options) complete() error {
	base, err := url.Parse(o.BaseURL)
	if err != nil {
		return fmt.Errorf("base URL: %w", err)
	}
	if (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" || base.RawQuery != "" || base.Fragment != "" {
		return fmt.Errorf("base URL %q: want http or https, a host and no query, such as http://127.0.0.1:8080", o.BaseURL)
	}
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	} else {
		o.Rand = &lockedReader{source: o.Rand}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Delivery.complete()
	o.Limits.complete()
	return nil
}

func (d *DeliveryOptions) complete() {
	setDefault(&d.Budget, 5*time.Second)
	setDefault(&d.Timeout, 3*time.Second)
	setDefault(&d.Wait, 100*time.Millisecond)
	setDefault(&d.Retries, 3)
	d.Retries = max(d.Retries, 0)
	client := &http.Client{Transport: deliveryTransport()}
	if d.Client != nil {
		given := *d.Client
		client = &given
	}
	client.Jar = nil
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	d.Client = client
}

func (l *Limits) complete() {
	setDefault(&l.Sessions, 10_000)
	setDefault(&l.Tokens, 20_000)
	setDefault(&l.Deliveries, 1_000)
	setDefault(&l.Requests, 1_000)
	setDefault(&l.Issuers, 64)
}

// setDefault gives a field that was left at zero its default.
func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
