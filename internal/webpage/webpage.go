// Package webpage is what a person sees in a browser: how it is, which reports there are, what
// went to whom, and what can be done about it. It refuses to change anything by a GET, to run a
// script that is not its own, to load anything from another host, and to show more than the account of who looks.
package webpage

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"rapport/internal/access"
	"rapport/internal/archive"
	"rapport/internal/calendar"
	"rapport/internal/expiring"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/pagesettings"
	"rapport/internal/singlesignon"
	"rapport/internal/text"
	"rapport/locales"
	"rapport/reportconfig"
)

// An Account is one whose pages are served.
type Account struct {
	Config  *reportconfig.Config
	Archive archive.Archive
	Path    string // of the configuration, as the ledger names it
	Ledger  *ledger.Ledger
	Reports func() []reportconfig.Report // those of the file, and those that were made over HTTP
	// Use runs do while the ledger is open; a ledger that is closed is an error.
	Use func(do func() error) error
	// Poke has the engine look at the ledger soon.
	Poke  func()
	Shop  Shop
	Users []access.User
}

// A Shop makes what is only looked at.
type Shop interface {
	// Try makes a period of a report, and mails it to one address if there is one. It leaves no mark.
	Try(ctx context.Context, r reportconfig.Report, p calendar.Period, to *mail.Address) (Trial, error)
	// Message is that of a delivery as it went out, or would. Same tells whether it is that to the
	// byte; no message: what it was made of is not kept any more.
	Message(ctx context.Context, d ledger.Delivery) (eml []byte, same bool, err error)
}

// An Editor reads and changes reports that are made over HTTP, under one validator with file and
// API. What it refuses is an *insight.Refusal.
type Editor interface {
	ReadReport(r *http.Request, account, id string, body []byte, by served.Actor) (reportconfig.Report, error)
	SaveReport(r *http.Request, account, id string, body []byte, by served.Actor) (saved string, err error)
	DeleteReport(r *http.Request, account, id string, by served.Actor) error
}

// Options are what all accounts of a server share.
type Options struct {
	Now    func() time.Time
	Random func() []byte // 32 bytes that nobody can guess
	Secure bool          // the pages are reached by https
	// Attempts bound those to sign in; the API's count too.
	Attempts  access.Attempts
	Address   func(*http.Request) string
	Editor    Editor
	Providers []*singlesignon.Client // by whose word people sign in too
	Version   string
	Log       *slog.Logger
}

// A Server serves the pages of all accounts of one address.
type Server struct {
	Options
	accounts []Account
	gate     *access.Gate
	pages    *template.Template
	handler  http.Handler
	trials   *expiring.Store[keptTrial]
}

//go:embed templates style.css script.js
var files embed.FS

// New makes a server.
func New(accounts []Account, o Options) (*Server, error) {
	s := &Server{Options: o, accounts: accounts, trials: newTrials()}
	var seen []access.Account
	for _, a := range accounts {
		seen = append(seen, access.Account{ID: a.Config.Account, Users: a.Users, OIDC: a.Config.Web.OIDC, Tables: served.Of(a.Ledger), Use: a.Use})
	}
	s.gate = access.NewGate(seen, o.Now, o.Random, o.Attempts)
	var err error
	s.pages, err = template.New("").Funcs(template.FuncMap{"word": func(string, ...any) string { return "" }, "may": func(string) bool { return false }, "tab": func(shownPage, string, string) tab { return tab{} }}).ParseFS(files, "templates/*.tmpl")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for pattern, r := range s.routes() {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, q *http.Request) { s.serve(w, q, r) })
	}
	for _, name := range []string{"style.css", "script.js"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, name) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.serve(w, r, route{viewer, func(*visit) error { return errNotFound }})
	})
	s.handler = http.NewCrossOriginProtection().Handler(mux)
	return s, nil
}

// Patterns are all that the server answers.
func (s *Server) Patterns() (all []string) {
	for p := range s.routes() {
		all = append(all, p)
	}
	return all
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'",
		"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store",
	} {
		w.Header().Set(name, value)
	}
	if s.Secure {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
	}
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	s.handler.ServeHTTP(w, r)
}

// A visit is one request of a person.
type visit struct {
	*http.Request
	server  *Server
	writer  http.ResponseWriter
	account *Account // nil: nobody is signed in
	person  access.Person
	session served.Session // the person's
	role    role           // in the account
	words   *locales.Printer
	lang    string // no or en
	zone    *time.Location
	chosen  pagesettings.Settings
	known   []reportconfig.Report
}

// reports are the account's, the same for the whole visit.
func (v *visit) reports() []reportconfig.Report {
	if v.known == nil {
		v.known = v.account.Reports()
	}
	return v.known
}

var (
	errNotFound = errors.New("there is no such page")
	errSignIn   = errors.New("nobody is signed in")
	errRefused  = errors.New("that cannot be done now")
	errRole     = errors.New("the role is too small")
)

// serve finds out who visits, and answers.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, page route) {
	v := &visit{Request: r, server: s, writer: w}
	err := v.enter()
	switch {
	case err != nil:
	case page.least == anybody:
		err = page.show(v)
	case v.account == nil:
		err = errSignIn
	case v.role < page.least:
		err = errRole
	default:
		err = v.account.Use(func() error { return page.show(v) })
	}
	switch {
	case err == nil:
	case errors.Is(err, errSignIn) && r.Method == http.MethodGet:
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
	case errors.Is(err, errSignIn):
		v.problem(http.StatusForbidden, "page.forbidden")
	case errors.Is(err, errRole):
		v.problem(http.StatusForbidden, "page.role")
	case errors.Is(err, errNotFound), errors.Is(err, ledger.ErrNoDelivery), errors.Is(err, ledger.ErrNoPeriod):
		v.problem(http.StatusNotFound, "page.not_found")
	case errors.Is(err, errRefused):
		v.problem(http.StatusConflict, "page.refused")
	default:
		s.Log.Error("page", "path", r.URL.Path, "error", err)
		v.problem(http.StatusInternalServerError, "page.fault")
	}
}

func (v *visit) problem(status int, word string) {
	_ = v.show(status, "problem", v.words.Word(word), nil) // it is told as well as it can be
}

// A shownPage is what every page has.
type shownPage struct {
	Lang, Title, Path, Notice string
	SignedIn                  bool
	Account, Name             string
	Accounts                  []choice // all that the person can look at
	Chosen                    string   // the first part of the path
	Quiet                     bool     // keys do nothing but what a browser does
	Data                      any
}

// show writes a page.
func (v *visit) show(status int, name, title string, data any) error {
	p := shownPage{Lang: map[string]string{"no": "nb", "en": "en"}[v.lang], Title: title, Path: v.URL.Path, Chosen: strings.SplitN(v.URL.Path+"/", "/", 3)[1], Quiet: v.chosen.Quiet, SignedIn: v.account != nil, Name: text.PrintableLine(v.session.Name), Data: data}
	if v.account != nil {
		p.Account, p.Accounts = cmp.Or(v.account.Config.Organization.Name, v.account.Config.Account), v.ownAccounts()
	}
	if notice := v.URL.Query().Get("done"); v.words.Has("page.done." + notice) {
		p.Notice = v.words.Word("page.done." + notice)
	}
	pages, err := v.server.pages.Clone()
	if err != nil {
		return err
	}
	pages.Funcs(template.FuncMap{"word": v.words.Word, "may": v.may, "tab": v.tab})
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name+".html.tmpl", p); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	h := v.writer.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if status == http.StatusOK && v.Method == http.MethodGet {
		tag := `"` + access.Identify(page.String())[:32] + `"`
		if h.Set("ETag", tag); v.Header.Get("If-None-Match") == tag {
			v.writer.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	v.writer.WriteHeader(status)
	_, _ = page.WriteTo(v.writer) // who asked may have gone
	return nil
}

// A tab leads to one of the pages.
type tab struct {
	Path, Word string
	Here       bool
}

func (v *visit) tab(p shownPage, path, word string) tab {
	return tab{path, v.words.Word("page." + word), p.Chosen == path}
}
