package main

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// A sizedRelay states no SIZE and refuses what is larger after the dot.
type sizedRelay struct {
	mu    sync.Mutex
	most  int // bytes; 0: all is taken
	got   [][]byte
	asked []int // how large what it was given is
}

func (r *sizedRelay) NewSession(*smtp.Conn) (smtp.Session, error) { return &sizedSession{r}, nil }

type sizedSession struct{ *sizedRelay }

func (s *sizedSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *sizedSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *sizedSession) Reset()                               {}
func (s *sizedSession) Logout() error                        { return nil }

func (s *sizedSession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, len(data))
	if s.most > 0 && len(data) > s.most {
		return &smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 3, 4}, Message: "Message size exceeds fixed limit"}
	}
	s.got = append(s.got, data)
	return nil
}

// TestALimitThatOnlyARefusalTells: the recipient gets a smaller message in the same run, and
// the whole again once the relay takes it.
func TestALimitThatOnlyARefusalTells(t *testing.T) {
	t.Parallel()
	relay := &sizedRelay{most: 300_000}
	port := serveSMTP(t, relay, nil)
	path := filepath.Join(t.TempDir(), "shop.yaml")
	writeConfig(t, path, fmt.Sprintf(`account: T12345678
source: {sandbox: {seed: 1}}
mail:
  from: Fjordfisk rapport <rapport@fjordfisk.example>
  smtp: {host: 127.0.0.1, port: %d, tls: none, helo: test.example}
reports:
  - {id: month, dataType: checkout/transactions, schedule: monthly, language: no, contentTypes: [text/csv], emails: [a@x.example]}
`, port))
	mustRun(t, "run", path, "--now", "2026-10-01T06:30")
	if len(relay.got) != 1 || len(relay.asked) < 2 || relay.asked[0] <= relay.most {
		t.Fatalf("taken %d of messages with %d bytes", len(relay.got), relay.asked)
	}
	if bytes.Contains(relay.got[0], []byte(`transactions_2026-09.csv"`)) {
		t.Error("it carries the whole file")
	}
	out, _ := mustRun(t, "deliveries", path)
	if !strings.Contains(out, "sent") || strings.Contains(out, "refused") {
		t.Errorf("got %s", out)
	}
	relay.most, relay.got, relay.asked = 0, nil, nil
	mustRun(t, "run", path, "--now", "2026-11-01T06:30")
	if len(relay.got) != 1 || !bytes.Contains(relay.got[0], []byte(`transactions_2026-10.csv"`)) {
		t.Errorf("the relay takes all again, and got %d messages of %d bytes", len(relay.got), relay.asked)
	}
}
