package mail

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAnswerToTheDotIsWaitedForTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender, done := scripted(t, func(p *peer) {
			p.body()
			<-time.After(9*time.Minute + 59*time.Second)
			p.say("250 at last")
		})
		reply, err := sender.Send(t.Context(), message, nil)
		if err != nil || reply != "250 at last" {
			t.Errorf("%q, %v", reply, err)
		}
		<-done
	})
}

func TestNoAnswerToTheDotIsUncertain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender, done := scripted(t, func(p *peer) {
			p.body()
			p.drain()
		})
		_, err := sender.Send(t.Context(), message, nil)
		if e := asError(t, err); e.Verdict != Uncertain || e.Step != "dot" || !strings.Contains(e.Error(), "no answer in 10m0s") {
			t.Error(e)
		}
		<-done
	})
}

func TestCancelAfterTheDotStillWaitsForTheAnswer(t *testing.T) {
	for _, answers := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			sender, done := scripted(t, func(p *peer) {
				p.body()
				cancel()
				if answers {
					<-time.After(time.Minute)
					p.say("250 ok")
				}
				p.drain()
			})
			_, err := sender.Send(ctx, message, nil)
			if answers && err != nil {
				t.Error(err)
			}
			if !answers {
				if e := asError(t, err); e.Verdict != Uncertain || e.Code != 0 {
					t.Error(e)
				}
			}
			<-done
		})
	}
}

func TestDeadlineThatPassesAfterTheDotDoesNotCutTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		sender, done := scripted(t, func(p *peer) {
			p.body()
			<-time.After(5 * time.Minute)
			p.say("250 ok")
		})
		if _, err := sender.Send(ctx, message, nil); err != nil {
			t.Error(err)
		}
		<-done
	})
}

// Text.Cmd of go-mail's client would end a body that is cut off with a dot, and half
// a message would be delivered.
func TestCancelWithinTheBodySendsNoDot(t *testing.T) {
	for _, lines := range []int{1, 2000, 3999} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			whole := true
			sender, done := scripted(t, func(p *peer) {
				p.until("DATA")
				p.say("354 go")
				for range lines {
					if _, err := p.in.ReadString('\n'); err != nil {
						t.Error(err)
					}
				}
				cancel()
				synctest.Wait() // until the sender has heard
				_, whole = p.dot()
			})
			_, err := sender.Send(ctx, message, nil)
			e := asError(t, err)
			<-done
			if e.Verdict != NotSent || e.Step != "body" || e.Relay || !errors.Is(e, context.Canceled) {
				t.Errorf("after %d lines: %+v", lines, e)
			}
			if whole {
				t.Errorf("after %d lines: a cut message was ended with a dot", lines)
			}
		})
	}
}

func TestEveryStepHasItsLimit(t *testing.T) {
	for word, step := range map[string]string{"": "connect", "EHLO": "hello", "MAIL": "sender", "RCPT": "recipient", "DATA": "data"} {
		synctest.Test(t, func(t *testing.T) {
			sender, done := scripted(t, func(p *peer) {
				if word != "" {
					p.until(word)
				}
				p.drain()
			})
			_, err := sender.Send(t.Context(), message, nil)
			e := asError(t, err)
			if e.Verdict != NotSent || e.Step != step || !strings.Contains(e.Error(), "no answer in 2m0s") {
				t.Errorf("silence at %q: %+v", word, e)
			}
			if step == "connect" && !strings.Contains(e.Error(), "does the port want tls: implicit") {
				t.Errorf("no hint: %v", e)
			}
			<-done
		})
	}
}

func TestRelayThatStopsReadingIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender, done := scripted(t, func(p *peer) {
			p.until("DATA")
			p.say("354 go")
			<-time.After(time.Hour)
		})
		_, err := sender.Send(t.Context(), message, nil)
		if e := asError(t, err); e.Verdict != NotSent || e.Step != "body" {
			t.Errorf("%+v", e)
		}
		<-done
	})
}

func TestCancelBeforeTheBodyEndsAtOnce(t *testing.T) {
	for word, step := range map[string]string{"": "connect", "MAIL": "sender", "RCPT": "recipient"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			sender, done := scripted(t, func(p *peer) {
				if word != "" {
					p.until(word)
				}
				cancel()
				p.drain()
			})
			_, err := sender.Send(ctx, message, nil)
			if e := asError(t, err); e.Verdict != NotSent || e.Step != step || e.Relay || !errors.Is(e, context.Canceled) {
				t.Errorf("at %q: %+v", word, e)
			}
			<-done
		})
	}
}
