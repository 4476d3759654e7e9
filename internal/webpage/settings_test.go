package webpage

import (
	"context"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
)

// TestTimesAreShownInTheZoneThatWasChosen, and what else was chosen stays.
func TestTimesAreShownInTheZoneThatWasChosen(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signIn()
	if w := s.ask("GET", "/calendar"); !strings.Contains(w.Body.String(), `<span class="clock">06:00</span>`) || !strings.Contains(w.Body.String(), "Europe/Oslo") {
		t.Errorf("the account's: %s", w.Body)
	}
	s.post("/language", "language", "no")
	s.post("/keys", "keys", "off")
	if w := s.post("/zone", "zone", "Asia/Tokyo"); w.Code != 303 || w.Header().Get("Location") != "/account?done=keys" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	page := s.ask("GET", "/calendar").Body.String()
	for _, part := range []string{`<span class="clock">14:00</span>`, "Asia/Tokyo", `<html lang="nb">`, `data-keys="off"`, "20. november 2026"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page does not have %q: %s", part, page)
		}
	}
	if page := s.ask("GET", "/account").Body.String(); !strings.Contains(page, "<option selected>Asia/Tokyo</option>") || !strings.Contains(page, "Som kontoen: Europe/Oslo") {
		t.Errorf("what was chosen is not shown")
	}
	for _, none := range []string{"Europe/Nowhere", "Local", "../etc/passwd", "UTC quiet"} {
		if w := s.post("/zone", "zone", none); w.Code != 400 {
			t.Errorf("%s: %d", none, w.Code)
		}
	}
	s.post("/zone", "zone", "")
	if page := s.ask("GET", "/calendar").Body.String(); !strings.Contains(page, `<span class="clock">06:00</span>`) || !strings.Contains(page, `data-keys="off"`) {
		t.Errorf("the account's again: %s", page)
	}
}

// TestACalendarIsReadByItsLinkAlone: it names no recipient, and ends when keys are renewed.
func TestACalendarIsReadByItsLinkAlone(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signInAs("vera")
	link := html.UnescapeString(regexp.MustCompile(`href="(/calendar\.ics[^"]*)"`).FindStringSubmatch(s.ask("GET", "/calendar").Body.String())[1])
	s.cookie = nil
	w := s.ask("GET", link)
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/calendar; charset=utf-8" || strings.Count(w.Body.String(), "BEGIN:VEVENT") != 31 || strings.Contains(w.Body.String(), "shop.example") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if !strings.Contains(w.Body.String(), `SUMMARY:Oslo\, Friday 20 November 2026`) || !strings.Contains(w.Body.String(), "DTSTART:20261121T050000Z") {
		t.Errorf("what is due: %s", w.Body)
	}
	for _, other := range []string{strings.Replace(link, "language=en", "language=no", 1), link + "0", "/calendar.ics", strings.Replace(link, "T12345678", "T87654321", 1), strings.Replace(link, "language=en", "language=xx", 1)} {
		if w := s.ask("GET", other); w.Code != 404 || other == link {
			t.Errorf("%s: %d", other, w.Code)
		}
	}
	s.must(served.Of(s.account.Ledger).RenewKeys(context.Background()))
	if w := s.ask("GET", link); w.Code != 404 {
		t.Errorf("after keys were renewed: %d", w.Code)
	}
}

// TestWhatWasMissedIsSkippedOrMade when a report that was paused goes on.
func TestWhatWasMissedIsSkippedOrMade(t *testing.T) {
	t.Parallel()
	for missed, want := range map[string]ledger.PeriodState{"": ledger.Skipped, "make": ledger.Owed} {
		s := start(t)
		s.signInAs("anne")
		path := s.save(url.Values{"name": {"Trondheim"}, "emails": {"kari@shop.example"}})
		id := strings.TrimPrefix(path, "/reports/")
		zone := s.account.Config.Location
		at := func(day int) time.Time { return time.Date(2026, 11, day, 0, 0, 0, 0, zone) }
		_, err := s.account.Ledger.Plan(t.Context(), []ledger.Planned{{Key: ledger.Key{Account: "T12345678", Report: id, From: at(19), To: at(20)}, Name: "2026-11-19", Schedule: "daily", Config: s.account.Path, Due: at(20), State: ledger.Owed}})
		s.must(err)
		s.post(path + "/pause")
		if page := s.ask("GET", path+"/resume").Body.String(); strings.Contains(page, "missed\" value") {
			t.Errorf("nothing was missed yet: %s", page)
		}
		s.now = s.now.AddDate(0, 0, 3)
		s.signInAs("olga")
		if page := s.ask("GET", path+"/resume").Body.String(); !strings.Contains(page, `<button name="missed" value="make">Go on, and make the 3 missed</button>`) {
			t.Errorf("it is not offered: %s", page)
		}
		w := s.post(path+"/resume", "missed", missed)
		if w.Code != 303 || strings.HasSuffix(w.Header().Get("Location"), "resume_make") != (missed == "make") {
			t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
		}
		rows, err := s.account.Ledger.Periods(t.Context(), ledger.Filter{Account: "T12345678", Report: id})
		s.must(err)
		names := map[string]ledger.PeriodState{}
		for _, p := range rows {
			names[p.Name] = p.State
		}
		if len(names) != 4 || names["2026-11-20"] != want || names["2026-11-21"] != want || names["2026-11-22"] != want {
			t.Errorf("missed %q: %v", missed, names)
		}
		if n := strings.Count(strings.Join(s.acts(), "\n"), "make report "+id); n != map[string]int{"make": 3}[missed] {
			t.Errorf("missed %q: %d acts: %q", missed, n, s.acts())
		}
	}
}
