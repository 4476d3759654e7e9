// Package insight is Dintero's Insight API over this program's own reports: report
// configurations, generate-report, key figures, report metadata and download, access tokens.
// It refuses what rapport check refuses, with the same words, what a client has no scope for,
// and to answer with a file that is not the one that was made.
package insight

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"

	"rapport/internal/access"
	"rapport/internal/archive"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/payment"
	"rapport/reportconfig"
)

// Transactions is where key figures are counted from.
type Transactions interface {
	Transactions(context.Context, payment.Query) iter.Seq2[payment.Transaction, error]
}

// An Account is one that is served: a configuration with its ledger.
type Account struct {
	Config  *reportconfig.Config
	Path    string // of the configuration, as the ledger names it
	Ledger  *ledger.Ledger
	Archive archive.Archive
	Source  Transactions
	// Secrets are those of Config.Web.Clients, in their order.
	Secrets []string
	// Use runs do while the ledger is open; a ledger that is closed is an error.
	Use func(do func() error) error
	// Poke has the engine look at the ledger soon.
	Poke func()
	// Alarm tells the operator that a file of the archive is not the one that was made.
	Alarm func(ctx context.Context, report, what string)
	Log   *slog.Logger
}

// Options are what all accounts of a server share.
type Options struct {
	Now    func() time.Time
	Random func() []byte // 32 bytes that nobody can guess
	URL    string        // public, without a slash at its end
	Proxy  []netip.Prefix
	// Attempts bound those to get a token; the pages' count too.
	Attempts access.Attempts
	Log      *slog.Logger
	// Background outlives a request: a reading that takes longer than its client waits.
	Background context.Context
}

// A Server answers for all accounts that one address serves.
type Server struct {
	Options
	accounts map[string]*account
	limits   *limits
	routes   []route
	mux      *http.ServeMux
}

// account is an Account at work.
type account struct {
	Account
	served.Tables
	figures  figures
	statuses statusCache
}

// New makes a server. Two accounts of one id are an error.
func New(accounts []Account, o Options) (*Server, error) {
	s := &Server{Options: o, accounts: map[string]*account{}, limits: newLimits(o)}
	for _, a := range accounts {
		if s.accounts[a.Config.Account] != nil {
			return nil, fmt.Errorf("account %s is served at %s by %s too — give one of the files another web.listen", a.Config.Account, a.Config.Web.Listen, s.accounts[a.Config.Account].Path)
		}
		own := &account{Account: a, Tables: served.Of(a.Ledger)}
		own.figures.account, own.statuses.account = own, own
		s.accounts[a.Config.Account] = own
	}
	s.routes = s.table()
	s.mux = http.NewServeMux()
	byPattern := map[string][]route{}
	for _, r := range s.routes {
		byPattern[r.pattern] = append(byPattern[r.pattern], r)
	}
	for pattern, routes := range byPattern {
		s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.dispatch(w, r, routes) })
	}
	s.mux.HandleFunc("/v1/", s.nothing)
	return s, nil
}

// ServeHTTP answers what is below /v1/. A path that a mux would mend is none of ours.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p := r.URL.Path; p == "/v1" || path.Clean(p) != p && path.Clean(p)+"/" != p {
		s.nothing(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Server) nothing(w http.ResponseWriter, r *http.Request) {
	s.answer(w, r, func(*request) (any, error) { return nil, errNotFound("there is nothing at this path") })
}

// A Route is a method and a path that is answered.
type Route struct{ Method, Pattern string }

// Routes are all that the server answers.
func (s *Server) Routes() (all []Route) {
	for _, r := range s.routes {
		all = append(all, Route{r.method, r.pattern})
	}
	return all
}

// A route is an operation at a path. Scopes are those of which any one is enough; none: the
// operation asks for no access token.
type route struct {
	method, pattern string
	scopes          []reportconfig.Scope
	serve           func(*request) (any, error)
	deprecated      string // the value of the header Deprecation; "": it is not
}

func (s *Server) table() []route {
	write := []reportconfig.Scope{reportconfig.WriteInsight, reportconfig.AdminInsight}
	read := []reportconfig.Scope{reportconfig.ReadInsight, reportconfig.AdminInsight}
	reports := []reportconfig.Scope{reportconfig.ReadReports, reportconfig.AdminReports}
	const account = "/v1/accounts/{aid}"
	insight := []route{
		{http.MethodPost, "/reports/configuration", write, createConfiguration, ""},
		{http.MethodGet, "/reports/configuration", read, listConfigurations, ""},
		{http.MethodGet, "/reports/configuration/{id}", read, readConfiguration, ""},
		{http.MethodPut, "/reports/configuration/{id}", write, replaceConfiguration, ""},
		{http.MethodDelete, "/reports/configuration/{id}", write, deleteConfiguration, ""},
		{http.MethodPost, "/generate-report", write, generateReport, ""},
		{http.MethodGet, "/kpi/checkout-transaction-events", read, eventFigures, ""},
		{http.MethodGet, "/kpi/checkout-transaction-status", read, statusFigures, ""},
		{http.MethodGet, "/kpi/checkout", read, checkoutFigures, "@1747699200"},
	}
	var all []route
	add := func(r route, prefix, deprecated string) {
		r.pattern = account + prefix + r.pattern
		if r.deprecated == "" {
			r.deprecated = deprecated
		}
		all = append(all, r)
	}
	for _, r := range insight {
		add(r, "/insight", "")
		add(r, "/insight-service", "true")
		if singular, ok := strings.CutPrefix(r.pattern, "/reports/"); ok {
			r.pattern = "/report/" + singular
			add(r, "/insight", "true")
			add(r, "/insight-service", "true")
		}
	}
	return append(all,
		route{http.MethodGet, account + "/reports/metadata", reports, listMetadata, ""},
		route{http.MethodGet, account + "/reports/evidence/{id}", []reportconfig.Scope{reportconfig.AdminReports}, readEvidence, ""},
		route{http.MethodGet, account + "/reports/files/{id}", nil, download, ""},
		route{http.MethodPost, "/v1/accounts/{oid}/auth/token", nil, issueToken, ""},
		route{http.MethodGet, "/v1/openapi.json", nil, describe, ""},
	)
}

// dispatch chooses by method. Where GET is answered, HEAD is.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request, routes []route) {
	method, allowed := r.Method, []string{}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for _, one := range routes {
		if one.method == method {
			s.answer(w, r, one.run)
			return
		}
		allowed = append(allowed, one.method)
		if one.method == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	slices.Sort(allowed)
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	s.answer(w, r, func(*request) (any, error) {
		return nil, &failure{status: http.StatusMethodNotAllowed, code: "method_not_allowed", message: "this path answers " + strings.Join(allowed, ", ")}
	})
}

// run checks who asks, and answers.
func (r route) run(q *request) (any, error) {
	if r.deprecated != "" {
		q.header.Set("Deprecation", r.deprecated)
	}
	if r.scopes != nil {
		if err := q.authorize(r.scopes); err != nil {
			return nil, err
		}
	}
	return r.serve(q)
}
