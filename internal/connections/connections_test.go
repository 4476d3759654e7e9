package connections

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"rapport/internal/secrets"
	"rapport/mail"
	"rapport/reportconfig"
)

// A busyRelay takes a while for each message, and knows how many it had at once.
type busyRelay struct {
	mu        sync.Mutex
	now, most int
	sessions  int
}

func (b *busyRelay) NewSession(*smtp.Conn) (smtp.Session, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sessions++
	return busySession{b}, nil
}

type busySession struct{ relay *busyRelay }

func (busySession) Mail(string, *smtp.MailOptions) error { return nil }
func (busySession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (busySession) Reset()                               {}
func (busySession) Logout() error                        { return nil }

func (s busySession) Data(r io.Reader) error {
	s.relay.mu.Lock()
	s.relay.now++
	s.relay.most = max(s.relay.most, s.relay.now)
	s.relay.mu.Unlock()
	_, err := io.Copy(io.Discard, r)
	for range 1000 { // so that others may be at it too
		runtime.Gosched()
	}
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	s.relay.now--
	return err
}

func serveSMTP(t *testing.T, backend smtp.Backend) (port int) {
	t.Helper()
	server := smtp.NewServer(backend)
	server.Domain = "relay.test"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

func noSecrets(string) string { return "" }

// TestConfigurationsOfOneRelayAndLoginShareItsConnections: those of the same settings each
// other's, those of other settings the number of them.
func TestConfigurationsOfOneRelayAndLoginShareItsConnections(t *testing.T) {
	for _, helo := range []string{"a.test", "b.test"} {
		relay := &busyRelay{}
		port := serveSMTP(t, relay)
		c := Connections{Secrets: secrets.Source{Getenv: noSecrets}, Log: slog.New(slog.DiscardHandler), Relays: new(Relays)}
		var all sync.WaitGroup
		for i, name := range []string{"a.test", helo} {
			config := &reportconfig.Config{Mail: reportconfig.Mail{SMTP: &reportconfig.SMTP{Host: "127.0.0.1", Port: port, TLS: reportconfig.NoTLS, Helo: name, Connections: 2}}}
			sender, err := c.Sender(config)
			if err != nil {
				t.Fatal(err)
			}
			for j := range 10 {
				all.Go(func() {
					f := mail.Frozen{Envelope: "a@shop.example", To: fmt.Sprintf("r%d-%d@shop.example", i, j), Pieces: [][]byte{[]byte("Subject: x\r\n\r\nx\r\n")}}
					if _, err := sender.Send(t.Context(), "", f, nil); err != nil {
						t.Error(err)
					}
				})
			}
			defer sender.(smtpSender).CloseIdle()
		}
		all.Wait()
		if relay.most > 2 || helo == "a.test" && relay.sessions > 2 {
			t.Errorf("%s: %d messages at once, %d connections", helo, relay.most, relay.sessions)
		}
	}
}

// TestARelayIsTakenAsTheConfigurationHasIt.
func TestARelayIsTakenAsTheConfigurationHasIt(t *testing.T) {
	c := Connections{Secrets: secrets.Source{Getenv: noSecrets}}
	relay, _, err := c.Relay(&reportconfig.SMTP{Host: "h", Port: 1, TLS: reportconfig.NoTLS, Auth: "scram-sha-256", MaxMessage: 7})
	if err != nil || relay.Auth != "SCRAM-SHA-256" || relay.MaxMessage != 7 || strings.TrimSpace(relay.Helo) == "" {
		t.Errorf("%+v, %v", relay, err)
	}
}
