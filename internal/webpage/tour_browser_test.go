package webpage

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"rapport/internal/browsertest"
	"rapport/internal/ledger"
)

// A tour is somebody who goes through the pages by the keyboard alone.
type tour struct {
	*site
	*browsertest.Browser
	steps int
}

// what is focused, and what is wrong with that.
const focused = `(() => { const e = document.activeElement, r = e.getBoundingClientRect(), css = getComputedStyle(e);
  const name = e.getAttribute("aria-label") || (e.labels && e.labels[0] ? e.labels[0].textContent : e.textContent) || e.value || "";
  const wrong = e === document.body ? "" : r.width && (r.bottom < 0 || r.top > innerHeight || r.right < 0 || r.left > innerWidth) ? "out of sight" :
    css.outlineStyle === "none" && css.boxShadow === "none" && !e.matches(".skip") ? "without a mark" : "";
  return [e.tagName.toLowerCase(), name.replace(/\s+/g, " ").trim(), wrong].join("|") })()`

// to moves the focus to what begins with a name.
func (s *tour) to(name string) {
	s.Helper()
	var passed []string
	for range 120 {
		s.Press("Tab", false)
		tag, rest, _ := strings.Cut(s.Look(focused), "|")
		is, wrong, _ := strings.Cut(rest, "|")
		if wrong != "" {
			s.Errorf("%s: the focus on %s %q is %s", s.Look("location.pathname"), tag, is, wrong)
		}
		if tag != "body" && strings.HasPrefix(is, name) {
			return
		}
		passed = append(passed, is)
	}
	s.Fatalf("%s: no key leads to %q: %q", s.Look("location.pathname"), name, passed)
}

// follow moves to a link or a button and presses it; what comes is held against a heading.
func (s *tour) follow(name, heading string) {
	s.Helper()
	s.to(name)
	s.Leads(func() { s.Press("Enter", false) })
	s.sees(heading)
}

func (s *tour) sees(heading string) {
	s.Helper()
	s.steps++
	if got := s.Look(`document.querySelector("h1").textContent`); !strings.HasPrefix(got, heading) {
		s.Fatalf("%s: the heading is %q, not %q: %s", s.Look("location.href"), got, heading, s.Look("document.body.textContent"))
	}
	if wide := s.Look("document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide != "0" {
		s.Errorf("%s scrolls sideways by %s", s.Look("location.pathname"), wide)
	}
}

// answer goes on where a question is asked: on a page of its own, or in a dialog.
func (s *tour) answer(link, button, heading string, script bool) {
	s.Helper()
	s.to(link)
	if script {
		s.Press("Enter", false)
		for range 1000 {
			if s.Look(`!!document.querySelector("dialog[open]")`) == "true" {
				break
			}
		}
		if s.Look(`document.querySelector("dialog[open]").contains(document.activeElement)`) != "true" {
			s.Errorf("the focus is outside the question of %s", link)
		}
		if first := s.Look(focused); !strings.HasPrefix(first, "button|"+button) {
			s.to(button)
		}
		s.Leads(func() { s.Press("Enter", false) })
		s.sees(heading)
		return
	}
	s.Leads(func() { s.Press("Enter", false) })
	s.follow(button, heading)
}

// TestTheWholeTourByKeyboardAlone: with a script and without, on a phone's screen and a desk's.
func TestTheWholeTourByKeyboardAlone(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes long")
	}
	for name, c := range map[string]struct {
		width  int
		script bool
	}{"with script at a desk": {1280, true}, "without script on a phone": {320, false}} {
		t.Run(name, func(t *testing.T) {
			s := &tour{site: start(t), Browser: browsertest.Start(t, c.width, 800)}
			if !c.script {
				s.WithoutScripts()
			}
			rows := s.made("2026-11-19")
			server := httptest.NewServer(s.Server)
			t.Cleanup(server.Close)
			s.Open(server.URL + s.link())
			s.sees("Sign in")
			s.follow("Sign in", "3 messages were not accepted")
			s.follow("Reports", "Reports")
			s.follow("New report", "New report")
			s.to("Name")
			s.Type("Trondheim")
			s.to("Recipients")
			s.Type("kari@shop.example")
			s.follow("Save", "Trondheim")
			s.answer("Pause", "Pause", "Trondheim", c.script)
			s.answer("Go on", "Go on", "Trondheim", c.script)
			s.follow("Preview", "Preview: Trondheim")
			s.follow("Preview", "Preview: Trondheim")
			s.follow("Reports", "Reports")
			s.follow("Trondheim", "Trondheim")
			s.answer("Delete", "Delete", "Reports", c.script)
			s.follow("Oslo", "Oslo")
			s.follow("Make a period", "Make a period")
			s.to("Period")
			s.Type("2026-11-17")
			s.follow("Make a period", "Tuesday 17 November 2026")
			s.follow("Deliveries", "Deliveries")
			s.follow("Oslo", "Refused")
			s.follow("The mail as it went out", "")
			s.Open(fmt.Sprint(server.URL, "/deliveries/", rows[1].ID))
			s.answer("Send once more", "Send once more", "Queued", c.script)
			s.follow("Calendar", "Calendar")
			s.follow("Activity", "Activity")
			s.follow("System", "System")
			s.follow("kari", "Your account")
			s.follow("Norsk", "")
			s.follow("Logg ut", "Sign in") // as the browser has it again
			if s.steps < 25 {
				t.Errorf("%d pages", s.steps)
			}
			all := s.account.Reports()
			if len(all) != 2 {
				t.Errorf("%d reports are left", len(all))
			}
			if d, err := s.account.Ledger.Delivery(t.Context(), rows[1].ID); err != nil || d.State != ledger.Queued {
				t.Errorf("what was sent again: %s %v", d.State, err)
			}
			acts := strings.Join(s.acts(), "\n")
			for _, act := range []string{"delete report", "make report oslo", "resend delivery", "sign out"} {
				if !strings.Contains(acts, act) {
					t.Errorf("%s is not written down: %s", act, acts)
				}
			}
		})
	}
}
