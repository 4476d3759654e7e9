package mail

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// TestWhatAFailedSendMeans: rows of every way in which a relay was seen to misbehave.
func TestWhatAFailedSendMeans(t *testing.T) {
	for name, test := range map[string]struct {
		script  func(*peer)
		verdict Verdict // 0: accepted
		step    string
		code    int
		relay   bool
		want    string // in the error or the reply
	}{
		"everything right":               {func(p *peer) { p.body(); p.say("250 2.0.0 queued as 4XY"); p.hear("QUIT"); p.say("221 bye") }, 0, "", 0, false, "250 2.0.0 queued as 4XY"},
		"says 250, then hangs up":        {func(p *peer) { p.body(); p.say("250 ok") }, 0, "", 0, false, "250 ok"},
		"says 250, then 421 to QUIT":     {func(p *peer) { p.body(); p.say("250 ok"); p.hear("QUIT"); p.say("421 bye") }, 0, "", 0, false, "250 ok"},
		"says 250 in three lines":        {func(p *peer) { p.body(); p.say("250-a\r\n250-b\r\n250 c") }, 0, "", 0, false, "250 a b c"},
		"says 251":                       {func(p *peer) { p.body(); p.say("251 forwarded") }, 0, "", 0, false, "251 forwarded"},
		"250 without a word":             {func(p *peer) { p.body(); p.say("250") }, 0, "", 0, false, "250"},
		"takes it all, hangs up":         {func(p *peer) { p.body() }, Uncertain, "dot", 0, false, "closed the connection"},
		"takes it all, never answers":    {func(p *peer) { p.body(); p.drain() }, Uncertain, "dot", 0, false, "no answer in 300ms"},
		"takes it all, answers rubbish":  {func(p *peer) { p.body(); p.say("\x1b[2J\u202ehello") }, Uncertain, "dot", 0, false, `\x1b[2J\u202ehello`},
		"takes it all, asks for more":    {func(p *peer) { p.body(); p.say("354 more") }, Uncertain, "dot", 354, false, "354 more"},
		"takes it all, half an answer":   {func(p *peer) { p.body(); p.Write([]byte("250-o")) }, Uncertain, "dot", 0, false, "closed the connection"},
		"takes it all, floods":           {func(p *peer) { p.body(); flood(p) }, Uncertain, "dot", 0, false, "more than 128 kB"},
		"a refusal that breaks off":      {func(p *peer) { p.body(); p.Write([]byte("550-spam\r\n")) }, NotSent, "dot", 550, false, "550 spam"},
		"550 without a word":             {func(p *peer) { p.body(); p.say("550") }, NotSent, "dot", 550, false, "550"},
		"two codes in one answer":        {func(p *peer) { p.body(); p.Write([]byte("250-ok\r\n550 no\r\n")) }, Uncertain, "dot", 0, false, "two codes"},
		"451 after the dot":              {func(p *peer) { p.body(); p.say("451 4.3.0 later") }, NotSent, "dot", 451, false, "451 4.3.0 later"},
		"554 after the dot":              {func(p *peer) { p.body(); p.say("554 5.7.1 spam") }, NotSent, "dot", 554, false, "554 5.7.1 spam"},
		"refuses the recipient":          {func(p *peer) { p.until("RCPT"); p.say("550 5.1.1 unknown"); p.hear("QUIT"); p.say("221 bye") }, Refused, "recipient", 550, false, "550 5.1.1 unknown"},
		"hangs up at the recipient":      {func(p *peer) { p.until("RCPT") }, NotSent, "recipient", 0, false, "closed"},
		"refuses DATA":                   {func(p *peer) { p.until("DATA"); p.say("554 5.5.1 no") }, NotSent, "data", 554, false, "554"},
		"defers DATA":                    {func(p *peer) { p.until("DATA"); p.say("451 wait") }, NotSent, "data", 451, false, "451"},
		"hangs up at DATA":               {func(p *peer) { p.until("DATA") }, NotSent, "data", 0, false, "closed"},
		"greets with 554":                {func(p *peer) { p.say("554 5.7.1 blocked") }, NotSent, "connect", 554, true, "554 5.7.1 blocked"},
		"greets with 421":                {func(p *peer) { p.say("421 4.3.2 too busy") }, NotSent, "connect", 421, true, "421 4.3.2 too busy"},
		"greets with HTTP":               {func(p *peer) { p.say("HTTP/1.1 400 Bad Request") }, NotSent, "connect", 0, true, "HTTP/1.1 400"},
		"greets with a flood":            {flood, NotSent, "connect", 0, true, "more than 128 kB"},
		"closes at once":                 {func(p *peer) {}, NotSent, "connect", 0, true, "closed"},
		"knows no EHLO and no HELO":      {func(p *peer) { p.until("EHLO"); p.say("502 no"); p.hear("HELO"); p.say("501 bad name") }, NotSent, "hello", 502, true, "502 no — set helo"},
		"knows HELO only":                {func(p *peer) { p.until("EHLO"); p.say("502 no"); p.body2(); p.say("250 ok") }, 0, "", 0, false, "250 ok"},
		"refuses the sender":             {func(p *peer) { p.until("MAIL"); p.say("553 5.7.1 not yours") }, NotSent, "sender", 553, true, "553 5.7.1 not yours — may this login"},
		"wants a login":                  {func(p *peer) { p.until("MAIL"); p.say("530 5.7.0 log in") }, NotSent, "sender", 530, true, "530 5.7.0 log in — the server wants"},
		"says the same in two lines":     {func(p *peer) { p.until("RCPT"); p.say("450-4.7.1 greylisted\r\n450 4.7.1 for now") }, NotSent, "recipient", 450, false, "450 4.7.1 greylisted 4.7.1 for now"},
		"writes to the terminal":         {func(p *peer) { p.until("RCPT"); p.say("550 \x1b]0;pwned\x07 \xff\u202e\u0085") }, Refused, "recipient", 550, false, `550 \x1b]0;pwned\a �\u202e`},
		"has nothing but a novel to say": {func(p *peer) { p.until("RCPT"); p.say("550 %s", strings.Repeat("å", 9000)) }, Refused, "recipient", 550, false, "ååå…"},
	} {
		t.Run(name, func(t *testing.T) {
			sender := serve(t, test.script)
			if strings.Contains(test.want, "300ms") {
				sender.Timeouts = Timeouts{Dot: 300 * time.Millisecond}
			}
			reply, err := sender.Send(t.Context(), message, nil)
			if test.verdict == 0 {
				if err != nil || reply != test.want {
					t.Errorf("reply %q, error %v", reply, err)
				}
				return
			}
			e := asError(t, err)
			if e.Verdict != test.verdict || e.Step != test.step || e.Code != test.code || e.Relay != test.relay || !strings.Contains(e.Error(), test.want) {
				t.Errorf("%v at %s with %d, relay %t: %v", e.Verdict, e.Step, e.Code, e.Relay, e)
			}
			if text := e.Error(); utf8.RuneCountInString(text) > 700 || strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("error of %d characters: %q", utf8.RuneCountInString(text), text)
			}
		})
	}
}

// body2 is body without a greeting.
func (p *peer) body2() {
	p.hear("DATA")
	p.say("354 go on")
	p.dot()
}

// flood sends a reply that never ends. Its lines are long enough that maxReply of them is
// read well within the limit of time.
func flood(p *peer) {
	lines := []byte(strings.Repeat("220-"+strings.Repeat("x", 122)+"\r\n", 100))
	for {
		if _, err := p.Write(lines); err != nil {
			return
		}
	}
}

func TestNobodyListening(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	listener.Close()
	_, err = (&SMTP{Host: "127.0.0.1", Port: port}).Send(t.Context(), message, nil)
	if e := asError(t, err); e.Verdict != NotSent || !e.Relay || e.Step != "connect" || !strings.Contains(e.Error(), "connection refused") {
		t.Error(e)
	}
}

func TestRefusalInTheMiddleOfTheBodyIsHeard(t *testing.T) {
	ended := make(chan bool, 1)
	sender, _ := scripted(t, func(p *peer) {
		p.until("DATA")
		p.say("354 go")
		p.in.ReadString('\n')
		go p.say("552 5.3.4 too big") // a pipe has no buffer
		_, whole := p.dot()
		ended <- whole
	})
	_, err := sender.Send(t.Context(), message, nil)
	if e := asError(t, err); e.Verdict != NotSent || e.About != AboutMessage || e.Step != "body" || e.Code != 552 || e.Limit == 0 {
		t.Errorf("%+v", e)
	}
	if <-ended {
		t.Error("a message that was given up was ended with a dot")
	}
}

func TestConnectionCutWithinTheBodyIsNotSent(t *testing.T) {
	for _, lines := range []int{0, 1, 2000, 4000} {
		sender, _ := scripted(t, func(p *peer) {
			p.until("DATA")
			p.say("354 go")
			for range lines {
				p.in.ReadString('\n')
			}
		})
		_, err := sender.Send(t.Context(), message, nil)
		if e := asError(t, err); e.Verdict != NotSent || e.Step != "body" || e.Relay {
			t.Errorf("after %d lines: %+v", lines, e)
		}
	}
}

func TestClearTextOnlyToThisMachine(t *testing.T) {
	dial := func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		t.Cleanup(func() { theirs.Close() })
		return ours, nil
	}
	e := asError(t, (&SMTP{Host: "relay.test", TLS: None, dial: dial}).Check(t.Context(), "", ""))
	if e.Verdict != NotSent || e.Step != "connect" || !strings.Contains(e.Error(), "loopback") {
		t.Error(e)
	}
}

func TestSTARTTLSTakesNothingFromClearText(t *testing.T) {
	heard := make(chan string, 1)
	sender := serve(t, func(p *peer) {
		p.say("220 relay")
		p.hear("EHLO")
		p.say("250-relay\r\n250-AUTH PLAIN\r\n250 STARTTLS")
		p.hear("STARTTLS")
		p.say("220 go\r\n250-injected\r\n250 AUTH PLAIN")
		rest, _ := io.ReadAll(p.in)
		heard <- string(rest)
	})
	sender.TLS, sender.Username = STARTTLS, "u"
	sender.Timeouts.Command = 200 * time.Millisecond
	sender.Password = func() (string, error) { return "secret", nil }
	e := asError(t, sender.Check(t.Context(), "", ""))
	if e.Step != "starttls" || e.Verdict != NotSent {
		t.Error(e)
	}
	if strings.Contains(<-heard, "AUTH") {
		t.Error("logged in without TLS")
	}
}

func TestServerThatEchoesThePasswordDoesNotLeakIt(t *testing.T) {
	sender, _ := scripted(t, func(p *peer) {
		p.say("220 relay")
		p.hear("EHLO")
		p.say("250-relay\r\n250 AUTH PLAIN")
		line, _ := p.hear("AUTH")
		p.say("535 5.7.8 bad: %s hunter2 %s", line, "aHVudGVyMg==")
	})
	sender.Username, sender.Password = "u", func() (string, error) { return "hunter2", nil }
	text := sender.Check(t.Context(), "", "").Error()
	if strings.Contains(text, "hunter2") || strings.Contains(text, "aHVudGVyMg") || strings.Contains(text, "AHUAaHVudGVyMg==") || !strings.Contains(text, "535 5.7.8 bad: AUTH PLAIN [redacted]") {
		t.Error(text)
	}
}

func TestTLSConfigIsStrict(t *testing.T) {
	config := (&dialogue{relay: &SMTP{Host: "relay.test"}}).tlsConfig()
	if config.InsecureSkipVerify || config.MinVersion != tls.VersionTLS12 || config.ServerName != "relay.test" {
		t.Errorf("%+v", config)
	}
}
