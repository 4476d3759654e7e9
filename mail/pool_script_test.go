package mail

import (
	"bufio"
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// scripts is a pool of one whose relay follows a script per connection, over pipes. A
// connection past the last script fails the test.
func scripts(t *testing.T, scripts ...func(*peer)) (pool *Pool, done func()) {
	finished := make(chan struct{}, len(scripts))
	begun := 0
	dial := func(context.Context, string, string) (net.Conn, error) {
		if begun == len(scripts) {
			t.Error("one connection too many")
			return nil, net.ErrClosed
		}
		script := scripts[begun]
		begun++
		ours, theirs := net.Pipe()
		go func() {
			defer func() { finished <- struct{}{} }()
			defer theirs.Close()
			script(&peer{theirs, bufio.NewReader(theirs)})
		}()
		return loopbackEnd{ours}, nil
	}
	return NewPool(&SMTP{Host: "relay.test", TLS: None, dial: dial}, 1), func() {
		for range begun {
			<-finished
		}
	}
}

// accepts takes one whole message.
func (p *peer) accepts() {
	p.body()
	p.say("250 ok")
}

// TestAMessageWhoseKeptConnectionDiesGoesOnAnother, as long as none of it went out; its
// intent is written down once.
func TestAMessageWhoseKeptConnectionDiesGoesOnAnother(t *testing.T) {
	for _, word := range []string{"MAIL", "RCPT", "DATA"} {
		pool, done := scripts(t,
			func(p *peer) { p.accepts(); p.hear(word) },
			func(p *peer) { p.accepts(); p.hear("QUIT"); p.say("221 bye") })
		intents := 0
		for range 2 {
			if _, err := pool.Send(t.Context(), message, func() error { intents++; return nil }); err != nil {
				t.Errorf("dies at %s: %v", word, err)
			}
		}
		pool.CloseIdle()
		done()
		if intents != 2 {
			t.Errorf("dies at %s: %d intents", word, intents)
		}
	}
}

// TestAMessageThatBeganToGoOutIsNeverBegunAgain: the verdict is the one of SMTP.Send.
func TestAMessageThatBeganToGoOutIsNeverBegunAgain(t *testing.T) {
	for name, test := range map[string]struct {
		dies    func(*peer)
		verdict Verdict
	}{
		"in the body":     {func(p *peer) { p.hear("DATA"); p.say("354 go"); p.in.ReadString('\n') }, NotSent},
		"after the dot":   {func(p *peer) { p.hear("DATA"); p.say("354 go"); p.dot() }, Uncertain},
		"421 to the dot":  {func(p *peer) { p.hear("DATA"); p.say("354 go"); p.dot(); p.say("421 bye") }, NotSent},
		"553 to the dot":  {func(p *peer) { p.hear("DATA"); p.say("354 go"); p.dot(); p.say("553 no"); p.hear("QUIT") }, NotSent},
		"550 to RCPT":     {func(p *peer) { p.hear("RCPT"); p.say("550 no"); p.hear("QUIT") }, Refused},
		"450 to RCPT":     {func(p *peer) { p.hear("RCPT"); p.say("450 later"); p.hear("QUIT") }, NotSent},
		"mute at the dot": {func(p *peer) { p.hear("DATA"); p.say("354 go"); p.dot(); p.drain() }, Uncertain},
	} {
		synctest.Test(t, func(t *testing.T) {
			pool, done := scripts(t, func(p *peer) { p.accepts(); test.dies(p) })
			if _, err := pool.Send(t.Context(), message, nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			_, err := pool.Send(t.Context(), message, nil)
			if e := asError(t, err); e.Verdict != test.verdict {
				t.Errorf("%s: %+v", name, e)
			}
			pool.CloseIdle()
			done()
		})
	}
}

// TestAConnectionThatWaitsTooLongIsClosed, with a goodbye.
func TestAConnectionThatWaitsTooLongIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := time.Time{}
		pool, done := scripts(t,
			func(p *peer) { p.accepts(); p.hear("QUIT"); ended = time.Now(); p.say("221 bye") },
			func(p *peer) { p.accepts(); p.hear("QUIT"); p.say("221 bye") })
		start := time.Now()
		if _, err := pool.Send(t.Context(), message, nil); err != nil {
			t.Error(err)
		}
		<-time.After(time.Minute)
		synctest.Wait()
		if waited := ended.Sub(start); waited < maxIdle || waited > maxIdle+time.Second {
			t.Errorf("closed after %v", waited)
		}
		if _, err := pool.Send(t.Context(), message, nil); err != nil {
			t.Error(err)
		}
		pool.CloseIdle()
		done()
	})
}

// TestAMessageThatIsCancelledLeavesItsConnectionToNobody: half a message may be in it.
func TestAMessageThatIsCancelledLeavesItsConnectionToNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		whole := true
		pool, done := scripts(t,
			func(p *peer) {
				p.until("DATA")
				p.say("354 go")
				p.in.ReadString('\n')
				cancel()
				synctest.Wait()
				_, whole = p.dot()
			},
			func(p *peer) { p.accepts(); p.hear("QUIT"); p.say("221 bye") })
		if _, err := pool.Send(ctx, message, nil); asError(t, err).Verdict != NotSent {
			t.Error(err)
		}
		if _, err := pool.Send(t.Context(), message, nil); err != nil {
			t.Error(err)
		}
		pool.CloseIdle()
		done()
		if whole {
			t.Error("a cut message was ended with a dot")
		}
	})
}

// TestPipeliningTakesOneRoundTrip for sender and recipient, and DATA waits for the intent.
func TestPipeliningTakesOneRoundTrip(t *testing.T) {
	var together []string
	pool, done := scripts(t, func(p *peer) {
		p.say("220 relay")
		p.in.ReadString('\n')
		p.say("250-relay\r\n250 PIPELINING")
		for range 2 {
			line, _ := p.in.ReadString('\n')
			together = append(together, line[:4])
		}
		p.say("250 ok\r\n250 ok")
		p.hear("DATA")
		p.say("354 go")
		p.dot()
		p.say("250 ok")
		p.hear("QUIT")
		p.say("221 bye")
	})
	if _, err := pool.Send(t.Context(), message, func() error {
		if len(together) != 2 || together[0] != "MAIL" || together[1] != "RCPT" {
			t.Errorf("intended after %q", together)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	pool.CloseIdle()
	done()
}
