package mail

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
)

// TestTheIntentComesAfterTheRecipientAndBeforeTheMessage: who writes it down then knows
// of every message that a relay may have, and of few that it surely has not.
func TestTheIntentComesAfterTheRecipientAndBeforeTheMessage(t *testing.T) {
	var heard []string
	sender, done := scripted(t, func(p *peer) {
		p.say("220 relay")
		for {
			line, err := p.in.ReadString('\n')
			if err != nil {
				return
			}
			word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			heard = append(heard, word)
			if word == "DATA" {
				p.say("354 go on")
				p.dot()
			}
			p.say("250 ok")
			if word == "QUIT" {
				return
			}
		}
	})
	var before []string
	if _, err := sender.Send(t.Context(), message, func() error { before = append(before, heard...); return nil }); err != nil {
		t.Fatal(err)
	}
	<-done
	if got := strings.Join(before, " "); got != "EHLO MAIL RCPT" {
		t.Errorf("the intent came after %s", got)
	}
}

func TestNothingIsSentWithoutTheIntent(t *testing.T) {
	full := errors.New("the disk is full")
	said := ""
	sender, done := scripted(t, func(p *peer) {
		if p.until("DATA") {
			said = "DATA"
		}
	})
	_, err := sender.Send(t.Context(), message, func() error { return full })
	<-done
	if e := asError(t, err); !errors.Is(err, full) || e.Verdict != NotSent || e.Relay || said != "" {
		t.Errorf("%+v, and the relay heard %q", e, said)
	}
}

func TestARefusedRecipientIsNoIntent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender, _ := scripted(t, func(p *peer) {
			if p.until("RCPT") {
				p.say("550 no such user")
			}
			p.drain()
		})
		_, err := sender.Send(t.Context(), message, func() error { t.Error("intended"); return nil })
		if e := asError(t, err); e.Verdict != Refused {
			t.Errorf("%+v", e)
		}
	})
}

// TestALargerMessageThanTheRelayTakesIsToldItsLimit, so that the caller can make a smaller one.
func TestALargerMessageThanTheRelayTakesIsToldItsLimit(t *testing.T) {
	h := &hookRelay{extensions: []string{"SIZE 1000"}}
	_, err := h.sender().Send(t.Context(), message, func() error { t.Error("intended"); return nil })
	if e := asError(t, err); e.Limit != 1000 || e.Verdict != NotSent || e.About != AboutMessage || e.Step != stepSender {
		t.Errorf("%+v", e)
	}
}
