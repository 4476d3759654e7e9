package mail_test

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"rapport/mail"
)

func TestMessageArrivesByteForByte(t *testing.T) {
	frozen := compose(t, hostile())
	dots := frozen
	dots.Pieces = [][]byte{[]byte("Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n" + strings.Repeat("y", 998) + "\r\n\r\n.\r\n")}
	for name, way := range map[string]mail.TLS{"starttls": mail.STARTTLS, "implicit": mail.Implicit, "none on loopback": mail.None} {
		t.Run(name, func(t *testing.T) {
			r := startRelay(t, way, func(r *relay) { r.EnableSMTPUTF8 = true })
			for _, f := range []mail.Frozen{frozen, dots} {
				reply, err := r.sender(way).Send(t.Context(), f, nil)
				if err != nil {
					t.Fatal(err)
				}
				if reply != "250 2.0.0 OK: queued" {
					t.Errorf("reply %q", reply)
				}
			}
			got := r.messages()
			want := []kept{
				{frozen.Envelope, frozen.To, int64(len(frozen.Bytes())), frozen.Bytes()},
				{dots.Envelope, dots.To, int64(len(dots.Bytes())), dots.Bytes()},
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(kept{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRelaysWordDecides(t *testing.T) {
	say := func(code int, text string) func(string) error {
		return func(string) error { return reply(code, text) }
	}
	for name, test := range map[string]struct {
		relay   func(*relay)
		verdict mail.Verdict
		step    string
		code    int
		ours    bool
	}{
		"greylisted":               {func(r *relay) { r.onRcpt = say(451, "greylisted") }, mail.NotSent, "recipient", 451, false},
		"no such user":             {func(r *relay) { r.onRcpt = say(550, "no such user") }, mail.Refused, "recipient", 550, false},
		"mailbox full":             {func(r *relay) { r.onRcpt = say(452, "full") }, mail.NotSent, "recipient", 452, false},
		"login wanted":             {func(r *relay) { r.onRcpt = say(530, "log in") }, mail.NotSent, "recipient", 530, true},
		"sender refused":           {func(r *relay) { r.onMail = say(550, "not your address") }, mail.NotSent, "sender", 550, true},
		"sender slowed":            {func(r *relay) { r.onMail = say(450, "not now") }, mail.NotSent, "sender", 450, true},
		"too large by declaration": {func(r *relay) { r.onMail = say(552, "too large") }, mail.NotSent, "sender", 552, false},
		"shutting down":            {func(r *relay) { r.onMail = say(421, "bye") }, mail.NotSent, "sender", 421, true},
		"451 after the dot":        {func(r *relay) { r.onData = func([]byte) error { return reply(451, "later") } }, mail.NotSent, "dot", 451, false},
		"554 after the dot":        {func(r *relay) { r.onData = func([]byte) error { return reply(554, "spam") } }, mail.NotSent, "dot", 554, false},
		"552 after the dot":        {func(r *relay) { r.onData = func([]byte) error { return reply(552, "too big") } }, mail.NotSent, "dot", 552, false},
		"421 after the dot":        {func(r *relay) { r.onData = func([]byte) error { return reply(421, "bye") } }, mail.NotSent, "dot", 421, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := startRelay(t, mail.STARTTLS, test.relay)
			_, err := r.sender(mail.STARTTLS).Send(t.Context(), compose(t, daily()), nil)
			e := verdictOf(t, err)
			if e.Verdict != test.verdict || e.Step != test.step || e.Code != test.code || e.Relay != test.ours {
				t.Errorf("%v at %s with %d, relay %t", e.Verdict, e.Step, e.Code, e.Relay)
			}
			if len(r.messages()) != 0 {
				t.Error("the relay kept it")
			}
		})
	}
}

func TestGreylistedMessageArrivesOnTheSecondTry(t *testing.T) {
	tries := 0
	r := startRelay(t, mail.STARTTLS, func(r *relay) {
		r.onRcpt = func(string) error {
			if tries++; tries == 1 {
				return reply(451, "greylisted")
			}
			return nil
		}
	})
	frozen := compose(t, daily())
	if _, err := r.sender(mail.STARTTLS).Send(t.Context(), frozen, nil); verdictOf(t, err).Verdict != mail.NotSent {
		t.Error(err)
	}
	if _, err := r.sender(mail.STARTTLS).Send(t.Context(), frozen, nil); err != nil {
		t.Error(err)
	}
	if got := r.messages(); len(got) != 1 || !bytes.Equal(got[0].message, frozen.Bytes()) {
		t.Errorf("%d messages", len(got))
	}
}

func TestSizeIsLookedAtBeforeSending(t *testing.T) {
	frozen := compose(t, daily())
	for name, test := range map[string]struct{ stated, ours int64 }{
		"the relay's":                {50_000, 0},
		"the relay's before ours":    {50_000, 1 << 30},
		"ours where none is stated":  {0, 50_000},
		"ours where SIZE is 0 or no": {0, 49_999},
	} {
		r := startRelay(t, mail.STARTTLS, func(r *relay) { r.MaxMessageBytes = test.stated })
		s := r.sender(mail.STARTTLS)
		s.MaxMessage = test.ours
		_, err := s.Send(t.Context(), frozen, nil)
		e := verdictOf(t, err)
		if e.Verdict != mail.NotSent || e.Relay || e.Limit == 0 || !strings.Contains(e.Error(), fmt.Sprintf("too large: 0.1 MB (%d bytes), the limit is 0.", len(frozen.Bytes()))) {
			t.Errorf("%s: %v", name, e)
		}
		if len(r.messages()) != 0 {
			t.Errorf("%s: it was sent", name)
		}
	}
	r := startRelay(t, mail.STARTTLS, func(r *relay) { r.MaxMessageBytes = 10 << 20 })
	s := r.sender(mail.STARTTLS)
	s.MaxMessage = 10 // the relay knows better
	if _, err := s.Send(t.Context(), frozen, nil); err != nil {
		t.Error(err)
	}
}

func TestNothingIsSaidWithoutTLS(t *testing.T) {
	plain := func(r *relay) {
		r.TLSConfig, r.AllowInsecureAuth, r.mechanisms, r.password = nil, true, []string{"PLAIN"}, "right"
	}
	for name, test := range map[string]struct {
		relay  func(*relay)
		change func(*mail.SMTP)
		step   string
		want   string
	}{
		"STARTTLS not offered": {plain, nil, "starttls", "does not offer STARTTLS, and nothing is sent without it — set tls: implicit"},
		"unknown authority":    {nil, func(s *mail.SMTP) { s.RootCAs = x509.NewCertPool() }, "starttls", "named with ca:"},
		"other host name":      {nil, func(s *mail.SMTP) { s.Host = "localhost" }, "starttls", "a name that the certificate holds"},
		"old TLS":              {func(r *relay) { r.TLSConfig.MaxVersion = 0x0302 }, nil, "starttls", "protocol version"},
		"implicit on 587":      {nil, func(s *mail.SMTP) { s.TLS = mail.Implicit }, "connect", "set tls: starttls"},
	} {
		r := startRelay(t, mail.STARTTLS, test.relay)
		s := r.sender(mail.STARTTLS)
		if test.change != nil {
			test.change(s)
		}
		_, err := s.Send(t.Context(), compose(t, daily()), nil)
		e := verdictOf(t, err)
		if e.Verdict != mail.NotSent || !e.Relay || e.Step != test.step || !strings.Contains(e.Error(), test.want) {
			t.Errorf("%s: %v", name, e)
		}
		if len(r.messages()) != 0 {
			t.Errorf("%s: something was sent", name)
		}
	}
}

func TestAddressesAreCheckedAgainOnTheWayOut(t *testing.T) {
	r := startRelay(t, mail.STARTTLS, nil)
	for _, spoil := range []func(*mail.Frozen){
		func(f *mail.Frozen) { f.To = `x@y.no> ORCPT=rfc822;z@y.no` },
		func(f *mail.Frozen) { f.To = "a@b.no\r\nRCPT TO:<c@d.no>" },
		func(f *mail.Frozen) { f.Envelope = "" },
	} {
		frozen := compose(t, daily())
		spoil(&frozen)
		_, err := r.sender(mail.STARTTLS).Send(t.Context(), frozen, nil)
		if e := verdictOf(t, err); e.Verdict != mail.Refused {
			t.Error(e)
		}
	}
	if len(r.messages()) != 0 {
		t.Error("something was sent")
	}
}

var _ smtp.AuthSession = (*session)(nil)
