package mail

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestWhoCannotProveTheRightToSendCutsOffBeforeTheDot: the relay has all but the dot, and not the message.
func TestWhoCannotProveTheRightToSendCutsOffBeforeTheDot(t *testing.T) {
	lost := errors.New("the lease is over")
	whole, got := true, ""
	sender, done := scripted(t, func(p *peer) { got, whole = p.body() })
	asked := 0
	_, err := sender.Send(WithDotCheck(t.Context(), func() error { asked++; return lost }), message, nil)
	<-done
	if e := asError(t, err); !errors.Is(err, lost) || e.Verdict != NotSent || e.Relay || e.Step != "body" || e.About != AboutNow {
		t.Errorf("%+v", e)
	}
	if whole || asked != 1 || !strings.Contains(got, "0123456789") {
		t.Errorf("the message was ended: %v; asked %d times, %d bytes", whole, asked, len(got))
	}
}

// TestAMessageMayNotTakeForever to hand over, however often its relay takes a piece of it.
func TestAMessageMayNotTakeForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := true
		sender, done := scripted(t, func(p *peer) {
			p.until("DATA")
			p.say("354 go on")
			for read := 0; read < 9; read++ {
				<-time.After(time.Minute)
				if _, err := p.in.ReadString('\n'); err != nil {
					whole = false
					return
				}
			}
			_, whole = p.dot()
		})
		began := time.Now()
		_, err := sender.Send(t.Context(), message, nil)
		if e := asError(t, err); e.Verdict != NotSent || e.Relay || time.Since(began) > 8*time.Minute {
			t.Errorf("after %s: %+v", time.Since(began), e)
		}
		<-done
		if whole {
			t.Error("a message that was cut off was ended with a dot")
		}
	})
}

// TestAMessageThatGoesSlowlyHasAnEndToo: each block is in time, and all of them together are not.
func TestAMessageThatGoesSlowlyHasAnEndToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		whole := true
		sender, done := scripted(t, func(p *peer) {
			p.until("DATA")
			p.say("354 go on")
			for range 10 {
				<-time.After(2 * time.Minute)
				if _, err := io.CopyN(io.Discard, p.in, blockSize); err != nil {
					whole = false
					return
				}
			}
			_, whole = p.dot()
		})
		long, began := message, time.Now()
		long.Pieces = [][]byte{[]byte("Subject: x\r\n\r\n" + strings.Repeat("0123456789 0123456789 0123456789\r\n", 12*blockSize/34))}
		_, err := sender.Send(t.Context(), long, nil)
		if e := asError(t, err); e.Verdict != NotSent || time.Since(began) != 8*time.Minute || !strings.Contains(e.Error(), "8m0s to hand over") {
			t.Errorf("after %s: %v", time.Since(began), e)
		}
		<-done
		if whole {
			t.Error("it was ended with a dot")
		}
	})
}
