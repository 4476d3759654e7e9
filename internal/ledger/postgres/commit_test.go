package postgres

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/postgrestest"
)

// A cutter stands between a ledger and its server, and cuts what asks for a commit: before the server hears of it, or
// before its answer comes back.
type cutter struct {
	dir      string
	question atomic.Int64 // so many commits are cut before the server hears of them
	answer   atomic.Int64 // and so many after
	cuts     atomic.Int64
}

func startCutter(t *testing.T, server *postgrestest.Server) *cutter {
	t.Helper()
	dir, err := os.MkdirTemp("", "cut")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	must(t, err)
	c := &cutter{dir: dir}
	var serving sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); serving.Wait() })
	serving.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			upstream, err := net.Dial("unix", filepath.Join(server.Dir, ".s.PGSQL.5432"))
			if err != nil {
				_ = client.Close()
				continue
			}
			serving.Go(func() { c.serve(client, upstream) })
		}
	})
	return c
}

// serve carries what both say until one of them ends.
func (c *cutter) serve(client, upstream net.Conn) {
	var losing atomic.Bool
	var back sync.WaitGroup
	back.Go(func() {
		defer client.Close()
		buffer := make([]byte, 32<<10)
		for {
			n, err := upstream.Read(buffer)
			if err != nil || losing.Load() {
				return
			}
			if _, err := client.Write(buffer[:n]); err != nil {
				return
			}
		}
	})
	buffer := make([]byte, 32<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			break
		}
		commits := bytes.Contains(buffer[:n], []byte("Q\x00\x00\x00\x0bcommit\x00"))
		if commits && take(&c.question) {
			c.cuts.Add(1)
			break
		}
		if commits && take(&c.answer) {
			c.cuts.Add(1)
			losing.Store(true)
		}
		if _, err := upstream.Write(buffer[:n]); err != nil {
			break
		}
	}
	_ = upstream.Close()
	_ = client.Close()
	back.Wait()
}

func take(n *atomic.Int64) bool { return n.Load() > 0 && n.Add(-1) >= 0 }

// TestACommitWhoseAnswerIsLostIsAskedFor: what was committed is not done again, and what was not is.
func TestACommitWhoseAnswerIsLostIsAskedFor(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	c := startCutter(t, server)
	url := strings.Replace(server.URL(t, "shop", ""), server.Dir, c.dir, 1)
	l, _ := openAs(t, url, t.TempDir())
	ctx := context.Background()
	const rounds = 20
	for day := range rounds {
		cut := &c.answer
		if day%2 == 0 {
			cut = &c.question
		}
		cut.Store(1)
		p := ledgertest.PlanDay(t, l, day)
		cut.Store(1)
		p, err := l.ClaimPeriod(ctx, p.ID)
		must(t, err)
		cut.Store(1)
		must(t, l.RecordMade(ctx, p.Claim, ledger.MadePeriod{At: ledgertest.Now(), Deliveries: []ledger.NewDelivery{{Recipient: "a@x.no", MessageID: "<m>", File: "m", SHA256: "s"}}}))
		rows, err := l.Unsent(ctx, ledgertest.Account)
		must(t, err)
		if len(rows) != 1 || p.Number != day+1 {
			t.Fatalf("day %d: %d messages, number %d", day, len(rows), p.Number)
		}
		cut.Store(1)
		d, err := l.ClaimDelivery(ctx, rows[0].ID)
		must(t, err)
		cut.Store(1)
		must(t, l.MarkSending(ctx, d.Claim, ledgertest.Now()))
		cut.Store(1)
		must(t, l.Finish(ctx, d.Claim, ledger.Result{At: ledgertest.Now(), State: ledger.Sent}))
	}
	if n := int(c.cuts.Load()); n != 6*rounds {
		t.Errorf("%d commits were cut, not %d", n, 6*rounds)
	}
	stats, err := l.Stats(ctx, ledgertest.Account)
	must(t, err)
	history := server.SQL(t, "shop", `SELECT count(*) FROM rapport.attempt`)
	if stats.Attempts != int64(rounds) || stats.Deliveries[ledger.Sent] != rounds || history != fmt.Sprint(rounds) {
		t.Errorf("%+v, and %s tries in the history", stats, history)
	}
}

// TestWhatACommitCameToIsNotGuessed where nobody can say.
func TestWhatACommitCameToIsNotGuessed(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	_, b := openAs(t, server.URL(t, "shop", ""), t.TempDir())
	lost := &awayError{"cut"}
	err := b.outcome(t.Context(), 1<<40, lost) // of the future: the server is another one than it was
	if err == nil || classOf(err) == database.Busy || !strings.Contains(err.Error(), "nobody knows") {
		t.Errorf("got %v", err)
	}
}
