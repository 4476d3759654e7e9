package mail

import (
	"strings"
	"testing"
	"testing/synctest"
)

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
