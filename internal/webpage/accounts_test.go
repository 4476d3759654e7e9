package webpage

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/access"
	"rapport/internal/archive"
	"rapport/internal/ledger"
	"rapport/internal/ledger/sqlite"
	"rapport/reportconfig"
)

// two serves two accounts. Kari is a viewer of the first and an admin of the second.
func two(t *testing.T) *site {
	t.Helper()
	s := start(t)
	path := filepath.Join(t.TempDir(), "harbour.yaml")
	s.must(os.WriteFile(path, []byte("account: T87654321\norganization: {name: Havna AS}\nsource: {sandbox: {}}\nmail: {from: a@harbour.example, outbox: outbox}\nweb: {listen: 127.0.0.1:0}\nreports:\n  - {id: kai, name: Kaia, dataType: checkout/transactions, schedule: daily, language: no}\n"), 0o600))
	config, err := reportconfig.Load(path, "")
	s.must(err)
	l, err := ledger.Open(t.Context(), sqlite.New(config.State), s.options())
	s.must(err)
	t.Cleanup(func() { s.must(l.Close()) })
	hash := access.NewHash("kari's", make([]byte, 32))
	s.account.Users = append(s.account.Users, access.User{Name: "kari", Hash: hash, Role: reportconfig.RoleViewer})
	other := s.account
	other.Config, other.Path, other.Ledger, other.Archive = config, config.Path, l, archive.Archive{Dir: config.Archive}
	other.Users = []access.User{{Name: "kari", Hash: hash, Role: reportconfig.RoleAdmin}}
	other.Reports = func() []reportconfig.Report { return config.Reports }
	s.more = []Account{other}
	s.restart()
	return s
}

// TestBothAccountsAreSeen by who has a role in both: the choice stays, and is shown only to them.
func TestBothAccountsAreSeen(t *testing.T) {
	t.Parallel()
	s := two(t)
	s.signInAs("kari")
	if page := s.ask("GET", "/reports").Body.String(); !strings.Contains(page, "/reports/oslo") || !strings.Contains(page, `<button name="account" value="T87654321">Havna AS`) {
		t.Errorf("the first, and a choice: %s", page)
	}
	for _, none := range []string{"", "T11111111", "T87654321 quiet"} {
		if w := s.post("/account/choose", "account", none); w.Code != 404 {
			t.Errorf("%q: %d", none, w.Code)
		}
	}
	if w := s.post("/account/choose", "account", "T87654321"); w.Code != 303 || w.Header().Get("Location") != "/" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	s.post("/language", "language", "no")
	if page := s.ask("GET", "/reports").Body.String(); !strings.Contains(page, "/reports/kai") || strings.Contains(page, "/reports/oslo") || !strings.Contains(page, "/reports/new") || !strings.Contains(page, `value="T87654321" class="main" aria-pressed="true"`) {
		t.Errorf("the second: %s", page)
	}
	if w := s.ask("GET", "/reports/oslo"); w.Code != 404 {
		t.Errorf("a report of the other: %d", w.Code)
	}
	s.signInAs("vera")
	if page := s.ask("GET", "/").Body.String(); strings.Contains(page, "/account/choose") || strings.Contains(page, "Havna") {
		t.Errorf("who has one account is asked: %s", page)
	}
	if w := s.post("/account/choose", "account", "T87654321"); w.Code != 404 {
		t.Errorf("another's account: %d", w.Code)
	}
}

// TestARoleIsThatOfTheChosenAccount on each route of the server's own list.
func TestARoleIsThatOfTheChosenAccount(t *testing.T) {
	t.Parallel()
	s := two(t)
	s.signInAs("kari")
	for account, has := range map[string]role{"T12345678": viewer, "T87654321": admin} {
		if w := s.post("/account/choose", "account", account); w.Code != 303 {
			t.Fatalf("%s: %d", account, w.Code)
		}
		for pattern, r := range s.routes() {
			method, path, _ := strings.Cut(pattern, " ")
			if r.least == anybody || path == "/sign-out" {
				continue
			}
			target := strings.NewReplacer("{$}", "", "{id}", "1", "{action}", "resend", "{position}", "0", "{key}", "x", "{name}", "x").Replace(path)
			if w := s.ask(method, target); (w.Code == http.StatusForbidden) != (has < r.least) {
				t.Errorf("%s of %s: %d", pattern, account, w.Code)
			}
		}
	}
}
