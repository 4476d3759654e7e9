package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

var (
	kills    = flag.Int("kills", 0, "how often TestKill kills; 0: some times")
	killSeed = flag.Uint64("killseed", uint64(time.Now().UnixNano()), "where TestKill gets its moments from")
)

// A keeper is a relay that keeps everything it was ever given whole, whether or not the
// sender lived to hear that it was taken.
type keeper struct {
	mu     sync.Mutex
	copies map[string]int               // by Message-ID
	bytes  map[string][sha256.Size]byte // of the first copy
	to     map[string]string
	faults []string
	want   int           // messages after which full is closed
	full   chan struct{} // may be nil
}

func (k *keeper) NewSession(*smtp.Conn) (smtp.Session, error) { return &keeperSession{keeper: k}, nil }

type keeperSession struct {
	keeper *keeper
	to     string
}

func (s *keeperSession) Mail(string, *smtp.MailOptions) error      { return nil }
func (s *keeperSession) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = to; return nil }
func (s *keeperSession) Reset()                                    {}
func (s *keeperSession) Logout() error                             { return nil }
func (s *keeperSession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err // cut off before its dot: not taken
	}
	message, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return err
	}
	k, id, sum := s.keeper, message.Header.Get("Message-Id"), sha256.Sum256(data)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.copies[id]++; k.copies[id] == 1 {
		k.bytes[id], k.to[id] = sum, s.to
		if k.full != nil && len(k.bytes) == k.want {
			close(k.full)
		}
	} else if k.bytes[id] != sum || k.to[id] != s.to {
		k.faults = append(k.faults, fmt.Sprintf("%s to %s: a copy with other bytes", id, s.to))
	}
	return nil
}

func startKeeper(t *testing.T) (*keeper, int) {
	t.Helper()
	k := &keeper{copies: map[string]int{}, bytes: map[string][sha256.Size]byte{}, to: map[string]string{}}
	return k, listenSMTP(t, k)
}

// binary is the real program: this test's executable under the name that makes it one.
func binary(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rapport")
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// killConfig has so many reports to three people each.
func killConfig(t *testing.T, reports, port int) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	text := fmt.Sprintf(`account: T12345678
source: {sandbox: {seed: 1}}
mail:
  from: Fjordfisk rapport <rapport@fjordfisk.example>
  smtp: {host: 127.0.0.1, port: %d, tls: none, helo: test.example}
retention: 3660d # nothing of the history may be gone when it is checked
reports:
`, port)
	for i := range reports {
		text += fmt.Sprintf(`  - {id: r%d, dataType: checkout/transactions, schedule: daily, language: no, contentTypes: [text/csv], reportFilters: [{filter: store_id, value: sc029}], emails: [a%d@x.example, b%d@x.example, c%d@x.example]}
`, i, i, i, i)
	}
	path = filepath.Join(dir, "shop.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir, path
}

// TestKill kills the real program at random moments while it mails: nothing is lost, and
// what came twice has the same Message-ID and the same bytes, and is counted as uncertain.
func TestKill(t *testing.T) {
	long(t)
	if *kills == 0 {
		*kills = scaled(12, 4)
	}
	t.Logf("%d kills, -killseed %d", *kills, *killSeed)
	dice := rand.New(rand.NewPCG(*killSeed, 0))
	relay, port := startKeeper(t)
	dir, config := killConfig(t, 4, port)
	program, day := binary(t), time.Date(2026, 11, 20, 6, 30, 0, 0, time.UTC)
	run := func(ctx context.Context) error {
		cmd := exec.CommandContext(ctx, program, "run", config, "--now", day.Format(time.RFC3339))
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGKILL) }
		var said bytes.Buffer
		cmd.Stderr = &said
		err := cmd.Run()
		var ended *exec.ExitError
		if errors.As(err, &ended) && ended.Exited() && ended.ExitCode() != exitWaiting {
			t.Fatalf("exit code %d: %s", ended.ExitCode(), said.String())
		}
		return err
	}
	began := time.Now()
	if err := run(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := time.Since(began)
	days, killed := 1, 0
	for killed < *kills {
		day = day.AddDate(0, 0, 1)
		days++
		for killed < *kills {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(dice.Int64N(int64(whole*11/10))))
			err := run(ctx)
			cancel()
			if err == nil {
				break // this day is done
			}
			killed++
		}
	}
	for i := 0; ; i++ {
		if err := run(t.Context()); err == nil {
			break
		} else if i == 3 {
			t.Fatal(err)
		}
	}
	duplicates, uncertain := checkHistory(t, program, config, relay, days*4*3)
	left, err := filepath.Glob(filepath.Join(dir, "archive", "*", "*", ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	t.Logf("%d kills over %d days of %s each: %d mails, 0 lost, %d came twice, %d times the outcome was unknown", killed, days, whole.Round(time.Millisecond), days*4*3, duplicates, uncertain)
}

// checkHistory joins what the relay kept with what the ledger says of it.
func checkHistory(t *testing.T, program, config string, relay *keeper, want int) (duplicates, uncertain int) {
	t.Helper()
	out, err := exec.Command(program, "deliveries", config, "--all", "--json").Output()
	if err != nil {
		t.Fatal(err)
	}
	relay.mu.Lock()
	defer relay.mu.Unlock()
	for _, fault := range relay.faults {
		t.Error(fault)
	}
	known := 0
	for line := range strings.Lines(string(out)) {
		var d ledgerLine
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		if d.Type != "delivery" {
			t.Errorf("not made: %s", line)
			continue
		}
		known++
		copies := relay.copies["<"+d.MessageID+">"]
		switch {
		case d.State != "sent":
			t.Errorf("%s %s to %s is %s", d.Report, d.Period, d.Recipient, d.State)
		case copies == 0:
			t.Errorf("lost: %s %s to %s", d.Report, d.Period, d.Recipient)
		case copies-1 > d.Uncertain:
			t.Errorf("%s %s to %s: %d copies, and %d were counted as uncertain", d.Report, d.Period, d.Recipient, copies, d.Uncertain)
		}
		duplicates += max(copies-1, 0)
		uncertain += d.Uncertain
	}
	if known != want || len(relay.copies) != want {
		t.Errorf("the ledger knows %d deliveries, the relay %d messages, want %d", known, len(relay.copies), want)
	}
	return duplicates, uncertain
}
