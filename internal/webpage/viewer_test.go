package webpage

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/mailview"
)

// TestAViewerSeesNoAddress: on each route of the server's own list, whatever was said to whom.
func TestAViewerSeesNoAddress(t *testing.T) {
	t.Parallel()
	s := start(t)
	rows := s.made("2026-11-19")
	first := rows[0]
	s.shop.trial.Message = []byte(strings.ReplaceAll(theMail, "Netto 1,50 kr", "Netto 1,50 kr til kari@shop.example"))
	s.must(s.account.Ledger.Write(t.Context(), func(tx ledger.Tx) error {
		act := served.Act{At: s.now, Account: "T12345678", Action: "trial", Object: "report oslo to kari@shop.example", Actor: served.Actor{Name: "ola@shop.example", Via: served.ViaPage}}
		act.Before, act.After = `{"emails":["gone@shop.example"]}`, `{"emails":["kari@shop.example"]}`
		return act.WriteDown(tx)
	}))
	s.must(s.account.Ledger.Raise(t.Context(), ledger.Alarm{Account: "T12345678", Kind: ledger.AlarmRelay, Subject: "x", Raised: s.now, Text: "kari@shop.example was refused"}))
	s.must(s.account.Ledger.Raise(t.Context(), ledger.Alarm{Account: "T12345678", Kind: ledger.AlarmArchive, Subject: "y", Raised: s.now, Text: "ola@shop.example did not get it"}))
	late := ledger.Planned{Key: ledger.Key{Account: "T12345678", Report: "oslo", From: first.From.AddDate(0, 0, -1), To: first.From}, Name: "2026-11-18", Schedule: "daily", Config: s.account.Path, Due: first.From, State: ledger.Skipped, Note: "gone@shop.example was told"}
	_, err := s.account.Ledger.Plan(t.Context(), []ledger.Planned{late})
	s.must(err)
	s.account.Config.Operator.Address = &s.account.Config.Reports[0].Emails[0]
	var targets []string
	for _, pattern := range s.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if path == "/sign-out" {
			continue
		}
		id := map[bool]string{true: "oslo", false: fmt.Sprint(first.ID)}[strings.HasPrefix(path, "/reports/")]
		targets = append(targets, method+" "+strings.NewReplacer("{$}", "", "/periods/{id}", fmt.Sprint("/periods/", first.PeriodID), "{id}", id, "{action}", "resend", "{position}", "0", "{key}", "x", "{name}", "x", "{secret}", "x").Replace(path))
	}
	for _, query := range []string{"/reports?by=person", "/reports?q=shop.example", "/deliveries?recipient=kari@shop.example", "/deliveries?state=refused", "/activity?form=csv", "/activity?via=page", "/nothing"} {
		targets = append(targets, "GET "+query)
	}
	seen := func(as string) (names, seen int) {
		s.signInAs(as)
		for _, target := range targets {
			method, path, _ := strings.Cut(target, " ")
			w := s.send(method, path, url.Values{})
			body := html.UnescapeString(w.Body.String()) + fmt.Sprint(w.Header())
			if strings.HasSuffix(path, "/eml") {
				m := mailview.Read(w.Body.Bytes())
				body += m.Text + m.HTML + fmt.Sprint(m.Headers)
			}
			for _, name := range []string{"kari", "ola", "gone", "b"} {
				for _, at := range []string{"@", "%40"} {
					n := strings.Count(body, name+at+"shop.example")
					if at == "@" { // a message's name is no address
						n -= strings.Count(body, "<2026-11-19"+name+at+"shop.example>")
					}
					if names += n; n > 0 && as == "vera" {
						t.Errorf("%s shows %s: %s", target, name+at, body)
					}
				}
			}
			if w.Code == 200 {
				seen++
			}
		}
		return names, seen
	}
	if _, pages := seen("vera"); pages < 20 {
		t.Errorf("a viewer sees %d pages", pages)
	}
	if names, _ := seen("olga"); names < 30 {
		t.Errorf("an operator sees %d addresses", names)
	}
	s.signInAs("vera")
	if w := s.ask("GET", fmt.Sprint("/deliveries/", first.ID)); !strings.Contains(w.Body.String(), "550 5.1.1 &lt;g•••@shop.example&gt;") {
		t.Errorf("what is left of them: %s", w.Body)
	}
	if w := s.ask("GET", fmt.Sprint("/deliveries/", first.ID, "/message")); !strings.Contains(w.Body.String(), "but for the addresses") || strings.Contains(w.Body.String(), "same bytes") {
		t.Errorf("the message is called whole: %s", w.Body)
	}
}

// TestTheEvidenceIsForAdmins: a button on the page of what was made, and that it was taken goes down.
func TestTheEvidenceIsForAdmins(t *testing.T) {
	t.Parallel()
	s := start(t)
	rows := s.made("2026-11-19")
	page := fmt.Sprint("/periods/", rows[0].PeriodID)
	for _, name := range []string{"vera", "olga", "anne"} {
		may := name == "anne"
		s.signInAs(name)
		if shown := strings.Contains(s.ask("GET", page).Body.String(), page+"/evidence"); shown != may {
			t.Errorf("the button is shown to %s: %t", name, shown)
		}
		w := s.ask("GET", page+"/evidence")
		if !may {
			if w.Code != 403 {
				t.Errorf("%s: %d", name, w.Code)
			}
			continue
		}
		if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "PK") || w.Header().Get("Content-Disposition") != "attachment; filename=evidence_oslo_2026-11-19.zip" {
			t.Errorf("%d %v", w.Code, w.Header())
		}
	}
	if got := s.acts(); got[0] != "evidence report oslo 2026-11-19" {
		t.Errorf("written down: %q", got)
	}
	if w := s.ask("GET", "/periods/9999/evidence"); w.Code != 404 {
		t.Errorf("none: %d", w.Code)
	}
}
