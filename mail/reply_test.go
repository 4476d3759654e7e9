package mail

import (
	"bufio"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// TestRepliesAsTheGrammarHasThem: a code may stand alone, lines may end in LF, and what is
// no reply is none.
func TestRepliesAsTheGrammarHasThem(t *testing.T) {
	for text, want := range map[string]reply{
		"250\r\n":                    {250, []string{""}},
		"250 \r\n":                   {250, []string{""}},
		"250\n":                      {250, []string{""}},
		"250 ok\n":                   {250, []string{"ok"}},
		"250-\r\n250\r\n":            {250, []string{"", ""}},
		"250-a\r\n250-\r\n250 b\r\n": {250, []string{"a", "", "b"}},
		"250-a\n250 b\n":             {250, []string{"a", "b"}},
		"250 -\r\n":                  {250, []string{"-"}},
		"550-no\r\n":                 {550, []string{"no"}},
		"550-no\r\n550-":             {550, []string{"no", ""}},
		"354 \u00e5\xff\r\n":         {354, []string{"\u00e5\xff"}},
		"220 cut of":                 {220, []string{"cut of"}}, // its code is whole
		"22":                         {},
		"220 " + strings.Repeat("x", 70_000) + "\r\n": {220, []string{strings.Repeat("x", 70_000)}},
		"":                             {},
		"\r\n":                         {},
		"25\r\n":                       {},
		"2500 ok\r\n":                  {},
		"250ok\r\n":                    {},
		" 250 ok\r\n":                  {},
		"150 ok\r\n":                   {},
		"650 ok\r\n":                   {},
		"HTTP/1.1 400 Bad Request\r\n": {},
		"250-a\r\n251 b\r\n":           {},
		"250-a\r\nb\r\n":               {},
		"250-a\r\n":                    {},
	} {
		got, err := readReply(bufio.NewReader(strings.NewReader(text)))
		if (err == nil) != (want.code != 0) || got.code != want.code || !slices.Equal(got.lines, want.lines) {
			t.Errorf("%.40q: %d %.40q, %v", text, got.code, got.lines, err)
		}
	}
}

// TestARelayThatSaysOnlyCodesIsUnderstoodAtEveryStep, in lines that end in LF alone.
func TestARelayThatSaysOnlyCodesIsUnderstoodAtEveryStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		codes := map[string]string{"GREET": "220", "EHLO": "502", "HELO": "250", "AUTH": "235", "MAIL": "250", "RCPT": "250", "DATA": "354", "DOT": "250", "RSET": "250", "QUIT": "221"}
		refused := ""
		h := &hookRelay{hook: func(c *hookConn, verb, line string) string {
			if verb == "RCPT" && strings.Contains(line, "<"+refused+">") {
				return "550"
			}
			return codes[verb]
		}}
		pool := NewPool(h.sender(), 1)
		if failed := sendMany(t.Context(), pool, 3); len(failed) > 0 {
			t.Error(failed)
		}
		refused = message.To
		_, err := pool.Send(t.Context(), message, nil)
		if e := asError(t, err); e.Verdict != Refused || e.Code != 550 || e.About != AboutUnknown {
			t.Errorf("%+v", e)
		}
		refused = ""
		if reply, err := pool.Send(t.Context(), message, nil); err != nil || reply != "250" {
			t.Errorf("%q, %v", reply, err)
		}
		pool.CloseIdle()
		h.onceEach(t, 4)
		if len(h.conns) != 1 {
			t.Errorf("%d connections", len(h.conns))
		}
	})
}

func TestTheQueueIDIsReadFromTheAnswersOfManyRelays(t *testing.T) {
	for answer, want := range map[string]string{
		"250 2.0.0 Ok: queued as 4XyZ1a0b2Cz9rT":        "4XyZ1a0b2Cz9rT",
		"250 2.0.0 Ok: queued for delivery as <9D0E1F>": "9D0E1F",
		"250 OK id=1rABcd-000123-4E":                    "1rABcd-000123-4E",
		"250 2.6.0 <a@x.example> [InternalId=12345678, Hostname=mx.example] 9 bytes in 0.1, Queued mail for delivery": "12345678",
		"250 2.0.0 OK  1764230400 a1b2c3d4-e5f6g7h8.12 - gsmtp":                                                       "a1b2c3d4-e5f6g7h8.12",
		"250 2.0.0 5AR1b2C3012345 Message accepted for delivery":                                                      "5AR1b2C3012345",
		"250 ok 1764230400 qp 12345":                                                                                  "1764230400 qp 12345",
		"250 Message Queued (0A1B2C3D-4E5F.1)":                                                                        "0A1B2C3D-4E5F.1",
		"250 Ok 0102018b7c1d2e3f-1a2b3c4d-000000":                                                                     "0102018b7c1d2e3f-1a2b3c4d-000000",
		"250 2.0.0 Message-ID: <abc123@x.example> taken":                                                              "abc123@x.example",
		"250 2.0.0 OK: queued":                                                                                        "",
		"250 Queued (0.123 seconds)":                                                                                  "",
		"250 2.0.0 Message accepted":                                                                                  "",
		"250 Message accepted for delivery":                                                                           "",
		"250 2.0.0 Message accepted for delivery":                                                                     "",
		"250 queued as usual":                                                                                         "",
		"250":                                                                                                         "",
		"":                                                                                                            "",
	} {
		if id := QueueID(answer); id != want {
			t.Errorf("%s: %q, want %q", answer, id, want)
		}
	}
}
