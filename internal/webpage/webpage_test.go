package webpage

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/ledger/served"
)

func TestNobodyWhoIsNotSignedInSeesAnything(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
