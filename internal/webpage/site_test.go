package webpage

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"rapport/internal/access"
	"rapport/internal/archive"
	"rapport/internal/calendar"
	"rapport/internal/insight"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/ledger/sqlite"
	"rapport/internal/singlesignon"
	"rapport/reportconfig"
)

// hostile is a name that would run, break a page or widen it.
const hostile = `<script>alert(1)</script>"'&` + "\u202e" + `onclick=`

// A site is a server with what is behind it.
type site struct {
	testing.TB
	*Server
	account   Account
	more      []Account // beside it
	now       time.Time
	cookie    *http.Cookie
	shop      *shop
	outcome   ledger.DeliveryState // of what made sends; "": refused
	log       bytes.Buffer
	poked     int
	providers []*singlesignon.Client

	restarts int
}

func start(t testing.TB) *site {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.yaml")
	text := `account: T12345678
organization: {name: "` + strings.ReplaceAll(strings.ReplaceAll(hostile, `"`, `\"`), "\u202e", "") + `"}
source: {sandbox: {}}
mail: {from: Rapport <rapport@shop.example>, outbox: outbox}
web: {}
`
	text = strings.Replace(text, "web: {}", "web: {listen: 127.0.0.1:0}", 1) + `reports:
  - {id: oslo, name: Oslo, dataType: checkout/transactions, schedule: daily, language: no, emails: [kari@shop.example, ola@shop.example]}
  - {id: resting, name: Hviler, dataType: wallets/transactions, schedule: weekly, language: no, paused: true}
`
	s := &site{TB: t, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	s.must(os.WriteFile(path, []byte(text), 0o600))
	config, err := reportconfig.Load(path, "")
	s.must(err)
	l, err := ledger.Open(t.Context(), sqlite.New(config.State), s.options())
	s.must(err)
	t.Cleanup(func() {
		s.must(l.Close())
		if strings.Contains(s.log.String(), "ERROR") {
			t.Errorf("the log: %s", &s.log)
		}
	})
	s.account = Account{Config: config, Archive: archive.Archive{Dir: config.Archive}, Ledger: l, Users: []access.User{
		{Name: "vera", Hash: access.NewHash("vera's", make([]byte, 32)), Role: reportconfig.RoleViewer},
		{Name: "olga", Hash: access.NewHash("olga's", make([]byte, 32)), Role: reportconfig.RoleOperator},
		{Name: "anne", Hash: access.NewHash("anne's", make([]byte, 32)), Role: reportconfig.RoleAdmin},
	}, Use: func(do func() error) error { return do() }, Poke: func() { s.poked++ }}
	s.account.Path, s.shop = config.Path, &shop{trial: Trial{Message: []byte(theMail), Files: []TrialFile{{"a.csv", 20, []byte("Butikk;Beløp\n\"" + strings.ReplaceAll(hostile, `"`, `""`) + "\";1,50\n")}, {"a.pdf", 9 << 20, nil}}}}
	s.account.Shop = s.shop
	s.account.Reports = func() []reportconfig.Report {
		more, _, err := insight.ReportsOf(context.Background(), served.Of(l), config, config.Path, "", func(report, what string) { t.Errorf("%s: %s", report, what) })
		s.must(err)
		return append(config.Reports[:len(config.Reports):len(config.Reports)], more...)
	}
	s.restart()
	return s
}

func (s *site) options() ledger.Options {
	return ledger.Options{Now: func() time.Time { return s.now }, Host: "here"}
}

// restart makes the server anew, as a reload does.
func (s *site) restart() {
	s.Helper()
	dice := rand.NewChaCha8([32]byte{byte(s.restarts)})
	s.restarts++
	now := func() time.Time { return s.now }
	random := func() []byte { b := make([]byte, 32); _, _ = dice.Read(b); return b }
	discard, attempts, a := slog.New(slog.DiscardHandler), access.NewAttempts(now), s.account
	editor, err := insight.New([]insight.Account{{Config: a.Config, Path: a.Path, Ledger: a.Ledger, Use: a.Use, Poke: a.Poke, Log: discard}},
		insight.Options{Now: now, Attempts: attempts, Random: random, Log: discard, Background: context.Background()})
	s.must(err)
	s.Server, err = New(append([]Account{s.account}, s.more...), Options{
		Now: now, Attempts: attempts, Random: random, Editor: editor, Providers: s.providers, Version: "1.2",
		Address: func(r *http.Request) string { return "192.0.2.7" }, Log: slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	s.must(err)
}

func (s *site) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *site) ask(method, target string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	s.Helper()
	return s.send(method, target, nil, change...)
}

// send sends a form.
func (s *site) send(method, target string, form url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
	s.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:9798"+target, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if s.cookie != nil {
		r.AddCookie(s.cookie)
	}
	for _, do := range change {
		do(r)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	frame := strings.HasSuffix(target, "/message/html") || strings.HasPrefix(target, "/previews/") && strings.HasSuffix(target, "/mail")
	if csp := w.Header().Get("Content-Security-Policy"); frame {
		if w.Code == 200 && csp != "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; form-action 'none'; base-uri 'none'; sandbox" {
			s.Errorf("%s: Content-Security-Policy: %q", target, csp)
		}
		return w
	} else if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		s.Errorf("%s %s: Content-Security-Policy: %q", method, target, csp)
	}
	body := strings.Replace(w.Body.String(), `<script src="/script.js" defer></script>`, "", 1)
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		if outside := regexp.MustCompile(`(src|href|action)="?(https?:)?//|\son[a-z]+="`).FindString(body); outside != "" || strings.Contains(body, "<script") || strings.Contains(body, "\u202e") || strings.Contains(body, "style=") {
			s.Errorf("%s %s: %q, or a script: %s", method, target, outside, body)
		}
		if n := strings.Count(body, "<h1"); w.Code/100 != 3 && n != 1 || len(body) > 60<<10 {
			s.Errorf("%s %s: %d headings, %d bytes", method, target, n, len(body))
		}
	}
	return w
}

func (s *site) signIn() {
	s.Helper()
	path := s.link()
	w := s.ask("POST", path)
	if w.Code != 303 || len(w.Result().Cookies()) != 1 {
		s.Fatalf("sign-in: %d %s", w.Code, w.Body)
	}
	s.cookie = w.Result().Cookies()[0]
}

func (s *site) link() string {
	s.Helper()
	path, err := MakeLink(s.Context(), s.account.Ledger, "T12345678", served.Actor{Name: "kari " + hostile, Via: served.ViaShell}, s.Random(), s.now)
	s.must(err)
	return path
}

// made writes a period down as made, with a file and a message to each.
func (s *site) made(day string) []ledger.Delivery {
	s.Helper()
	from, err := time.ParseInLocation(time.DateOnly, day, s.account.Config.Location)
	s.must(err)
	added, err := s.account.Ledger.Plan(s.Context(), []ledger.Planned{{
		Key:  ledger.Key{Account: "T12345678", Report: "oslo", From: from, To: from.AddDate(0, 0, 1)},
		Name: day, Schedule: "daily", Config: s.account.Config.Path, Due: from.AddDate(0, 0, 1), State: ledger.Owed,
	}})
	s.must(err)
	claim, err := s.account.Ledger.ClaimPeriod(s.Context(), added[0].ID)
	s.must(err)
	path, data := "oslo/"+day+"/oslo_"+day+".csv", []byte("the rows of "+day)
	sum := sha256.Sum256(data)
	s.must(os.MkdirAll(filepath.Dir(filepath.Join(s.account.Config.Archive, path)), 0o700))
	s.must(os.WriteFile(filepath.Join(s.account.Config.Archive, path), data, 0o600))
	m := ledger.MadePeriod{At: s.now, Totals: []ledger.Total{{Dimension: "currency", Currency: "NOK", Measure: "captured", Count: 2, Sum: 123450}, {Dimension: "store", Name: hostile, Label: hostile, Currency: "NOK", Measure: "captured", Count: 2, Sum: 123450}}, Artifacts: []ledger.Artifact{{Path: path, ContentType: "text/csv", SHA256: hex.EncodeToString(sum[:]), Size: int64(len(data))}}}
	for _, to := range []string{"kari@shop.example", "ola@shop.example", "gone@shop.example"} {
		m.Deliveries = append(m.Deliveries, ledger.NewDelivery{Recipient: to, MessageID: "<" + day + to + ">", File: to + ".eml", SHA256: "x", Size: 1})
	}
	s.must(s.account.Ledger.RecordMade(s.Context(), claim.Claim, m))
	rows, err := s.account.Ledger.Deliveries(s.Context(), ledger.Filter{Account: "T12345678", Report: "oslo", Period: day})
	s.must(err)
	for _, row := range rows {
		claimed, err := s.account.Ledger.ClaimDelivery(s.Context(), row.ID)
		s.must(err)
		s.must(s.account.Ledger.MarkSending(s.Context(), claimed.Claim, s.now))
		s.must(s.account.Ledger.Finish(s.Context(), claimed.Claim, ledger.Result{At: s.now, State: cmp.Or(s.outcome, ledger.Refused), Answer: "550 5.1.1 <" + row.Recipient + "> " + hostile}))
	}
	return rows
}

// A shop makes nothing, and gives what it has.
type shop struct {
	trial Trial
	asked []string
	none  bool
}

func (s *shop) Try(_ context.Context, r reportconfig.Report, p calendar.Period, to *mail.Address) (Trial, error) {
	s.asked = append(s.asked, fmt.Sprint(r.ID, " ", p, " ", to))
	t := s.trial
	t.Sent = to != nil
	return t, nil
}

func (s *shop) Message(context.Context, ledger.Delivery) (eml []byte, same bool, err error) {
	if s.none {
		return nil, false, nil
	}
	return s.trial.Message, true, nil
}

const theMail = "From: a@shop.example\r\nTo: b@shop.example\r\nSubject: =?UTF-8?q?Oppgj=C3=B8r?= " + hostile + "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" +
	"--x\r\nContent-Type: multipart/alternative; boundary=y\r\n\r\n--y\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nNetto 1,50 kr\r\n" +
	"--y\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+TmV0dG88L2I+PGltZyBzcmM9ImNpZDpsb2dvIj48c2NyaXB0PmFsZXJ0KDEpPC9zY3JpcHQ+\r\n--y--\r\n" +
	"--x\r\nContent-Type: image/png\r\nContent-ID: <logo>\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n" +
	"--x\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n1;2\r\n--x--\r\n"
