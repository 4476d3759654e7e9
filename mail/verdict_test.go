package mail

import (
	"strings"
	"testing"
	"testing/synctest"
)

// TestVerdictIsTheTable holds the function to the table in its comment, each row with no
// code, a bare 4xx, and a code that answers no question. What a 5xx means is in refusal_test.go.
func TestVerdictIsTheTable(t *testing.T) {
	var (
		connecting = outcome{verdict: NotSent, about: AboutNow, relay: true}
		ours       = outcome{verdict: NotSent, about: AboutUs, relay: true}
		passes     = outcome{verdict: NotSent, about: AboutNow}
		uncertain  = outcome{verdict: Uncertain}
		unasked    = outcome{verdict: NotSent}
	)
	codes := []int{0, 421, 451, 354}
	for step, row := range map[string][]outcome{
		stepConnect:   {connecting, connecting, connecting, connecting},
		stepHello:     {connecting, connecting, connecting, connecting},
		stepStartTLS:  {connecting, connecting, connecting, connecting},
		stepLogin:     {connecting, connecting, connecting, connecting},
		stepSender:    {connecting, connecting, connecting, {verdict: NotSent, relay: true}},
		stepRecipient: {passes, connecting, passes, unasked},
		stepData:      {passes, connecting, passes, unasked},
		stepBody:      {passes, connecting, passes, unasked},
		stepDot:       {uncertain, connecting, passes, uncertain},
	} {
		for i, code := range codes {
			if got := judge(step, reply{code: code, lines: []string{""}}); got != row[i] {
				t.Errorf("%s with %d: %+v, want %+v", step, code, got, row[i])
			}
		}
	}
	for _, step := range []string{stepConnect, stepHello, stepStartTLS, stepLogin} {
		if got := judge(step, reply{code: 554, lines: []string{"5.7.1 no"}}); got != ours {
			t.Errorf("%s with 554: %+v", step, got)
		}
	}
}

// FuzzRelay: whatever a relay sends, a send ends in a verdict, and in an error that a
// terminal can show.
func FuzzRelay(f *testing.F) {
	f.Add("220 a\r\n250 a\r\n250 a\r\n250 a\r\n354 a\r\n250 a\r\n221 a\r\n")
	f.Add("220 a\r\n250-a\r\n250-AUTH PLAIN\r\n250 SIZE 10\r\n535 no\r\n")
	f.Add("220 " + strings.Repeat("\x05", 900) + "\r\n")
	f.Add("220-\x1b\r\n220 \u202e\r\n500 x\r\n500 y\r\n")
	f.Add("421 too many connections\r\n")
	f.Fuzz(func(t *testing.T, words string) {
		synctest.Test(t, func(t *testing.T) { // there may be pauses
			sender := &SMTP{Host: "relay.test", TLS: None, dial: fixedReplies(words)}
			reply, err := sender.Send(t.Context(), message, nil)
			checkText(t, reply)
			if err != nil {
				e := asError(t, err)
				checkText(t, e.Error())
				if e.Verdict < NotSent || e.Verdict > Uncertain || e.Step == "" {
					t.Errorf("%+v", e)
				}
			}
		})
	})
}
