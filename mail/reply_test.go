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
