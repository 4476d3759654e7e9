package mail

import (
	"strings"
	"testing"
)

// TestVerdictIsTheTable holds the function to the table in its comment, each row with
// no code, 4xx, 5xx and the exceptions.
func TestVerdictIsTheTable(t *testing.T) {
	type outcome struct {
		verdict Verdict
		relay   bool
	}
	var (
		notSent, theirs    = outcome{NotSent, false}, outcome{NotSent, true}
		refused, uncertain = outcome{Refused, false}, outcome{Uncertain, false}
	)
	codes := []int{0, 421, 451, 530, 535, 550, 552, 554, 354}
	for step, row := range map[string][]outcome{
		stepConnect:   {theirs, theirs, theirs, theirs, theirs, theirs, theirs, theirs, theirs},
		stepHello:     {theirs, theirs, theirs, theirs, theirs, theirs, theirs, theirs, theirs},
		stepStartTLS:  {theirs, theirs, theirs, theirs, theirs, theirs, theirs, theirs, theirs},
		stepLogin:     {theirs, theirs, theirs, theirs, theirs, theirs, theirs, theirs, theirs},
		stepSender:    {theirs, theirs, theirs, theirs, theirs, theirs, refused, theirs, theirs},
		stepRecipient: {notSent, theirs, notSent, theirs, theirs, refused, refused, refused, notSent},
		stepData:      {notSent, theirs, notSent, theirs, theirs, refused, refused, refused, notSent},
		stepBody:      {notSent, theirs, notSent, theirs, theirs, refused, refused, refused, notSent},
		stepDot:       {uncertain, theirs, notSent, theirs, theirs, refused, refused, refused, uncertain},
	} {
		for i, code := range codes {
			v, relay := verdict(step, code)
			if got := (outcome{v, relay}); got != row[i] {
				t.Errorf("%s with %d: %v, relay %t; want %v, relay %t", step, code, v, relay, row[i].verdict, row[i].relay)
			}
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
	f.Fuzz(func(t *testing.T, words string) {
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
}
