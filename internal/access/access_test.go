package access_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rapport/internal/access"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/ledger/sqlite"
	"rapport/reportconfig"
)

func TestAHashIsReadAsItIsWritten(t *testing.T) {
	h := access.NewHash("hemmelig æøå", []byte("sixteen bytes of salt and more.."))
	again, err := access.ParseHash(h.String())
	if err != nil || again.String() != h.String() || !again.Matches("hemmelig æøå") || again.Matches("hemmelig") || !strings.HasPrefix(h.String(), "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("%s: %v", h, err)
	}
	// Of the reference implementation: argon2 somesalt -id -t 2 -k 65536 -p 1, the password is "password".
	theirs, err := access.ParseHash("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	if err != nil || !theirs.Matches("password") {
		t.Errorf("theirs: %v", err)
	}
}

func TestWhatIsNoHashIsRefusedWithoutShowingIt(t *testing.T) {
	good := access.NewHash("x", make([]byte, 32)).String()
	for _, text := range []string{
		"", "hunter2", "$2b$12$hunter2", "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$hunter2", strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=19456", "m=999999999", 1), strings.Replace(good, "t=2", "t=0", 1), strings.Replace(good, "p=1", "p=x", 1),
		good[:len(good)-30], good[:strings.LastIndexByte(good, '$')+1+16], // twelve bytes of a key
		good + "!", strings.Replace(good, "p=1", "p=1,x=2", 1),
	} {
		if _, err := access.ParseHash(text); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestOneProofOpensAllAccountsThatHaveIt: the same name with another password is somebody else.
func TestOneProofOpensAllAccountsThatHaveIt(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	hash := access.NewHash("kari's", make([]byte, 32))
	other := access.NewHash("another kari's", make([]byte, 32))
	account := func(id string, users ...access.User) access.Account {
		l, err := ledger.Open(t.Context(), sqlite.New(filepath.Join(t.TempDir(), "l.db")), ledger.Options{Now: clock, Host: "here"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = l.Close() })
		return access.Account{ID: id, Users: users, Tables: served.Of(l), Use: func(do func() error) error { return do() }}
	}
	accounts := []access.Account{
		account("T11111111", access.User{Name: "kari", Hash: other, Role: reportconfig.RoleAdmin}),
		account("T22222222", access.User{Name: "kari", Hash: hash, Role: reportconfig.RoleViewer}),
		account("T33333333", access.User{Name: "kari", Hash: hash, Role: reportconfig.RoleOperator}),
	}
	n := byte(0)
	g := access.NewGate(accounts, clock, func() []byte { n++; b := make([]byte, 32); b[0] = n; return b }, access.NewAttempts(clock))
	secret, err := g.SignIn(t.Context(), "kari", "kari's", "192.0.2.7", "x")
	if err != nil {
		t.Fatal(err)
	}
	p, found, err := g.Who(t.Context(), secret)
	if err != nil || !found || len(p.Roles) != 2 || p.Roles["T22222222"] != reportconfig.RoleViewer || p.Roles["T33333333"] != reportconfig.RoleOperator {
		t.Errorf("%v %t %v", p.Roles, found, err)
	}
	if _, found, err := g.Who(t.Context(), access.Identify(secret)); found || err != nil {
		t.Errorf("what the ledger has opens the door: %v", err)
	}
	begun := now
	for range 7*24/11 + 1 { // it is used twice a day
		now = now.Add(11 * time.Hour)
		if _, found, err := g.Who(t.Context(), secret); err != nil || found != (now.Sub(begun) < 7*24*time.Hour) {
			t.Errorf("after %s: %t, %v", now.Sub(begun), found, err)
		}
	}
	if secret, err = g.SignIn(t.Context(), "kari", "kari's", "192.0.2.7", "x"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(12 * time.Hour)
	if _, found, _ := g.Who(t.Context(), secret); found {
		t.Error("after half a day without use")
	}
	took := map[string]time.Duration{} // a name that is unknown costs a hash too, as nobody is to be found by the time that it takes
	for _, name := range []string{"kari", "nobody"} {
		for range 3 {
			began := time.Now()
			if _, err := g.SignIn(t.Context(), name, "wrong", "192.0.2.7", "x"); !errors.Is(err, access.ErrWrong) {
				t.Errorf("%s: %v", name, err)
			}
			took[name] += time.Since(began)
		}
	}
	if took["nobody"] < took["kari"]/20 { // two hashes are tried for her
		t.Errorf("an unknown name takes %s, a known one %s", took["nobody"], took["kari"])
	}
}

func TestLimitsAreOfEachKeyByItself(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	a := access.NewAttempts(func() time.Time { return now })
	for range 30 {
		if a.Pause("one", "kari") > 0 {
			t.Fatal("too soon")
		}
	}
	if a.Pause("one", "kari") == 0 || a.Pause("one", "ola") == 0 || a.Pause("two", "kari") == 0 {
		t.Error("an address or a name is not limited")
	}
	if a.Pause("two", "ola") > 0 {
		t.Error("another one waits too")
	}
	now = now.Add(time.Second)
	if a.Pause("one", "kari") > 0 || a.Pause("one", "kari") == 0 {
		t.Error("not one a second")
	}
}

// TestALinkOpensItsOwnAccountAlone, also where others share its ledger.
func TestALinkOpensItsOwnAccountAlone(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	l, err := ledger.Open(t.Context(), sqlite.New(filepath.Join(t.TempDir(), "l.db")), ledger.Options{Now: clock, Host: "here"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var accounts []access.Account
	for _, id := range []string{"T11111111", "T22222222"} {
		accounts = append(accounts, access.Account{ID: id, Tables: served.Of(l), Use: func(do func() error) error { return do() }})
	}
	g := access.NewGate(accounts, clock, func() []byte { return make([]byte, 32) }, access.NewAttempts(clock))
	if err := served.Of(l).BeginSession(t.Context(), served.Session{ID: access.Identify("x"), Name: "root", How: served.ByLink, Account: "T22222222", Created: now, Seen: now}); err != nil {
		t.Fatal(err)
	}
	if p, found, err := g.Who(t.Context(), "x"); err != nil || !found || len(p.Roles) != 1 || p.Roles["T22222222"] != reportconfig.RoleAdmin {
		t.Errorf("%v %t %v", p.Roles, found, err)
	}
}
