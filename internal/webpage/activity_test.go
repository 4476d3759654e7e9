package webpage

import (
	"encoding/csv"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"rapport/internal/activitycsv"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
)

// acted writes n acts down, each with as many bytes before and after.
func (s *site) acted(n, bytes int) {
	s.Helper()
	s.must(s.account.Ledger.Write(s.Context(), func(tx ledger.Tx) error {
		for i := range n {
			act := served.Act{At: s.now, Account: "T12345678", Action: "edit", Object: fmt.Sprint("report ", i), Actor: served.Actor{Name: "olga", Via: served.ViaPage}}
			act.Before = strings.Repeat("x", bytes)
			act.After = act.Before
			if err := act.WriteDown(tx); err != nil {
				return err
			}
		}
		return nil
	}))
}

// A hooked answer does something when its first bytes come.
type hooked struct {
	*httptest.ResponseRecorder
	first func()
}

func (h *hooked) Write(b []byte) (int, error) {
	h.first()
	h.first = func() {}
	return h.ResponseRecorder.Write(b)
}

// TestTheActivityIsReadInPages: all acts are in the CSV, in order, and few of them in memory: when its
// first bytes are sent, what comes later is not read yet.
func TestTheActivityIsReadInPages(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signInAs("vera")
	const n = 2*activitycsv.AtOnce + 3
	s.acted(n, 10)
	for _, gone := range []bool{false, true} {
		r := httptest.NewRequest("GET", "http://127.0.0.1:9798/activity?form=csv&actor=olga&via=page", nil)
		r.AddCookie(s.cookie)
		w := &hooked{httptest.NewRecorder(), func() {
			if gone {
				s.must(served.Of(s.account.Ledger).PurgeActs(t.Context(), "T12345678", s.now.AddDate(0, 0, 1)))
			}
		}}
		s.ServeHTTP(w, r)
		rows, err := csv.NewReader(w.Body).ReadAll()
		s.must(err)
		if want := map[bool]int{true: activitycsv.AtOnce, false: n}[gone]; len(rows) != 1+want {
			t.Fatalf("%d rows, not %d", len(rows)-1, want)
		}
		for i := range rows[1:] {
			if want := fmt.Sprint("report ", n-1-i); rows[1+i][5] != want {
				t.Fatalf("row %d: %q, not %s", i, rows[1+i], want)
			}
		}
	}
}

// TestAnActIsSeenWhole on a page of its own, if it is one of the account's.
func TestAnActIsSeenWhole(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.acted(1, 500)
	s.signIn()
	acts, err := served.Of(s.account.Ledger).Acts(t.Context(), served.ActFilter{Account: "T12345678", Action: "edit", Limit: 1})
	s.must(err)
	path := fmt.Sprint("/activity/", acts[0].ID)
	if list := s.ask("GET", "/activity").Body.String(); !strings.Contains(list, `href="`+path+`"`) || strings.Contains(list, "xxx") {
		t.Errorf("the list: %s", list)
	}
	if page := s.ask("GET", path).Body.String(); strings.Count(page, strings.Repeat("x", 500)) != 2 {
		t.Errorf("the act: %s", page)
	}
	for _, none := range []string{"/activity/9999", "/activity/0", "/activity/x"} {
		if w := s.ask("GET", none); w.Code != 404 {
			t.Errorf("%s: %d", none, w.Code)
		}
	}
}
