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
	"slices"
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

func TestNobodyWhoIsNotSignedInSeesAnything(t *testing.T) {
	s := start(t)
	for _, pattern := range s.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if strings.HasPrefix(path, "/sign-in") || path == "/calendar.ics" { // a link is the right
			continue
		}
		target := strings.NewReplacer("{$}", "", "{id}", "1", "{action}", "resend", "{position}", "0", "{key}", "x", "{name}", "x", "{session}", "x").Replace(path)
		w := s.ask(method, target)
		if method == "GET" && (w.Code != 303 || w.Header().Get("Location") != "/sign-in") || method == "POST" && w.Code != 403 {
			t.Errorf("%s: %d", pattern, w.Code)
		}
	}
	if w := s.ask("GET", "/sign-in"); w.Code != 200 || !strings.Contains(w.Body.String(), "rapport sign-in CONFIG") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestALinkSignsInOnce(t *testing.T) {
	s := start(t)
	path := s.link()
	if w := s.ask("GET", path); w.Code != 200 || len(w.Result().Cookies()) > 0 {
		t.Errorf("a link that was only looked at: %d %v", w.Code, w.Result().Cookies())
	}
	w := s.ask("POST", path)
	cookie := w.Result().Cookies()[0]
	if w.Code != 303 || cookie.Name != "rapport" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("%d %+v", w.Code, cookie)
	}
	for what, path := range map[string]string{"used": path, "none": "/sign-in/x"} {
		if w := s.ask("POST", path); w.Code != 403 || len(w.Result().Cookies()) > 0 {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
	late := s.link()
	s.now = s.now.Add(10 * time.Minute)
	if w := s.ask("POST", late); w.Code != 403 {
		t.Errorf("after ten minutes: %d", w.Code)
	}
	s.cookie = cookie
	for range 13 {
		s.now = s.now.Add(11 * time.Hour)
		if w := s.ask("GET", "/"); w.Code != 200 {
			t.Fatalf("used again and again: %d", w.Code)
		}
	}
	s.now = s.now.Add(13 * time.Hour)
	if w := s.ask("GET", "/"); w.Code != 303 {
		t.Errorf("after half a day without use: %d", w.Code)
	}
	s.signIn()
	if w := s.ask("POST", "/sign-out"); w.Code != 303 {
		t.Errorf("sign-out: %d", w.Code)
	}
	if w := s.ask("GET", "/"); w.Code != 303 {
		t.Errorf("after the sign-out: %d", w.Code)
	}
}

func TestAnotherSiteCannotAct(t *testing.T) {
	s := start(t)
	rows := s.made("2026-11-19")
	s.signIn()
	for _, pattern := range s.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if method != "POST" {
			continue
		}
		target := strings.NewReplacer("{id}", fmt.Sprint(rows[0].ID), "{action}", "resend", "{secret}", "x").Replace(path)
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			if w := s.ask(method, target, func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set(name, value) }); w.Code != 403 {
				t.Errorf("%s from another site: %d", target, w.Code)
			}
		}
	}
}

// TestEveryPage: in both languages, with names that would break them.
func TestEveryPage(t *testing.T) {
	s := start(t)
	s.signIn()
	empty := s.ask("GET", "/")
	if empty.Code != 200 {
		t.Fatal(empty.Body)
	}
	rows := s.made("2026-11-19")
	one := fmt.Sprint("/deliveries/", rows[0].ID)
	for target, words := range map[string][2]string{
		"/":                      {"3 messages were not accepted|Waits for you|Next due|Made last|Oslo|550 5.1.1", "3 meldinger ble ikke tatt imot|Venter på deg|Sist laget|Neste|Hovedbok"},
		"/reports":               {"Daily|Paused|kari@shop.example, ola@shop.example|shop.yaml:|New report", "Daglig|Satt på pause|Ny rapport"},
		"/reports?by=person":     {"kari@shop.example|Oslo", "Per person"},
		"/reports?q=HVILER":      {"Hviler", "Hviler"},
		"/reports/oslo":          {"Read only here|shop.yaml:|Preview|Recipients|Daily, 06:00", "Forhåndsvis|Mottakere|Lag en kopi"},
		"/reports/oslo/copy":     {`value="Oslo (copy)"|name="emails"|name="save"`, `value="Oslo (kopi)"`},
		"/reports/new":           {`name="dataType"|name="schedule"|name="reportFilters.store_id"|Store`, "Klokkeslett|Salgssted"},
		"/reports/oslo/make":     {"not made again|2026-11-19", "Lag en periode"},
		"/reports/oslo/preview":  {"no recipient gets anything", "ingen mottaker får noe"},
		"/calendar":              {"Oslo|Saturday 21 November 2026|Hviler", "Lørdag 21. november 2026"},
		"/system":                {"Source|Ledger|Archive|Clock|T12345678|Europe/Oslo|1.2", "Kilde|Hovedbok|Arkiv|Klokke"},
		"/account":               {"Administrator|By a link|192.0.2.7|Keys", "Kontoen din|Norsk"},
		"/deliveries":            {"Refused|550 5.1.1|gone@shop.example", "Avvist"},
		"/deliveries?state=sent": {"None.", "Ingen."},
		"/deliveries?page=9":     {"Newer", "Nyere"},
		"/deliveries?recipient=OLA@shop.example&report=oslo&state=refused": {"ola@shop.example", "Mottaker"},
		one:              {"Refused|Send once more|Call it delivered|Message-ID", "Send på nytt"},
		one + "/resend":  {"will have it twice", "får den to ganger"},
		one + "/message": {"Oppgjør|a.csv|Netto 1,50 kr|The same bytes as went out", "De samme bytene som gikk ut"},
		fmt.Sprint("/periods/", rows[0].PeriodID): {"oslo_2026-11-19.csv|SHA-256|kari@shop.example|Send again to those chosen", "Laget"},
		"/activity": {"signed in|192.0.2.7", "Hvem|logget inn"},
	} {
		for i, lang := range []string{"en-GB,en;q=0.9", "nb-NO,nb;q=0.9,en;q=0.8"} {
			w := s.ask("GET", target, func(r *http.Request) { r.Header.Set("Accept-Language", lang) })
			if w.Code != 200 || !strings.Contains(w.Body.String(), []string{`<html lang="en">`, `<html lang="nb">`}[i]) {
				t.Errorf("%s: %d", target, w.Code)
			}
			for word := range strings.SplitSeq(words[i], "|") {
				if !strings.Contains(w.Body.String(), word) {
					t.Errorf("%s in %s does not say %q: %s", target, lang, word, w.Body)
				}
			}
		}
	}
	for _, target := range []string{"/deliveries/9999", "/deliveries/x", one + "/delete", "/periods/9999", "/nothing"} {
		if w := s.ask("GET", target); w.Code != 404 {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	if w := s.ask("POST", "/language?language=no"); w.Code != 303 {
		t.Errorf("a language is chosen: %d", w.Code)
	}
	if w := s.ask("GET", "/", func(r *http.Request) { r.Header.Set("Accept-Language", "en") }); !strings.Contains(w.Body.String(), `lang="nb"`) {
		t.Error("the language is not the one that was chosen")
	}
	if w := s.ask("GET", "/style.css"); w.Code != 200 || w.Header().Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("the style: %d %q", w.Code, w.Header().Get("Content-Type"))
	}
}

func TestAFileIsReadAndThatGoesDown(t *testing.T) {
	s := start(t)
	rows := s.made("2026-11-19")
	s.signIn()
	target := fmt.Sprintf("/periods/%d/files/0", rows[0].PeriodID)
	if w := s.ask("GET", target); w.Code != 200 || w.Body.String() != "the rows of 2026-11-19" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got := s.acts(); !slices.Contains(got, "read file oslo/2026-11-19/oslo_2026-11-19.csv") {
		t.Errorf("written down: %q", got)
	}
}

func (s *site) acts() (all []string) {
	s.Helper()
	acts, err := served.Of(s.account.Ledger).Acts(s.Context(), served.ActFilter{Account: "T12345678", Limit: 10})
	s.must(err)
	for _, a := range acts {
		all = append(all, a.Action+" "+a.Object)
	}
	return all
}

func TestWhatIsDecidedIsDoneOnceAndGoesDown(t *testing.T) {
	s := start(t)
	rows := s.made("2026-11-19")
	s.signIn()
	byRecipient := map[string]string{}
	for _, r := range rows {
		byRecipient[r.Recipient] = fmt.Sprint("/deliveries/", r.ID)
	}
	w := s.ask("POST", byRecipient["kari@shop.example"]+"/resend")
	if w.Code != 303 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := s.ask("GET", w.Header().Get("Location")); !strings.Contains(w.Body.String(), `role="status">It will be sent once more.`) {
		t.Errorf("no notice: %s", w.Body)
	}
	if w := s.ask("POST", byRecipient["kari@shop.example"]+"/resend"); w.Code != 409 {
		t.Errorf("a second click: %d", w.Code)
	}
	if w := s.ask("POST", byRecipient["gone@shop.example"]+"/resend"); w.Code != 409 {
		t.Errorf("to who is no recipient any more: %d", w.Code)
	}
	if w := s.ask("POST", byRecipient["gone@shop.example"]+"/close"); w.Code != 303 {
		t.Errorf("close: %d", w.Code)
	}
	if w := s.ask("POST", byRecipient["ola@shop.example"]+"/release"); w.Code != 409 {
		t.Errorf("release of what is not held: %d", w.Code)
	}
	var decided []string
	for _, act := range s.acts() {
		if strings.Contains(act, "delivery") {
			decided = append(decided, strings.Fields(act)[0])
		}
	}
	if !slices.Equal(decided, []string{"close", "resend"}) || s.poked != 2 {
		t.Errorf("written down: %q, poked %d times", decided, s.poked)
	}
}
