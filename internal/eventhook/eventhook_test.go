package eventhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/internal/eventhook"
	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
	"rapport/internal/ledger/sqlite"
	"rapport/reportconfig"
)

// A receiver takes what is posted, or does not.
type receiver struct {
	mu     sync.Mutex
	deaf   map[string]bool // by address
	posted []string        // address, event, body
	last   http.Header
}

func (r *receiver) Deliver(_ context.Context, address string, header http.Header, body []byte) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.posted, r.last = append(r.posted, address+" "+header.Get("event")+" "+string(body)), header
	if r.deaf[address] {
		return "", errors.New("503 Service Unavailable")
	}
	return "204 No Content", nil
}

func (r *receiver) take() (all []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	all, r.posted = r.posted, nil
	slices.Sort(all)
	return all
}

// A desk is an account with hooks.
type desk struct {
	*testing.T
	ledger *ledger.Ledger
	tables served.Tables
	now    time.Time
	to     *receiver
	gone   bool // what is told of is not kept any more
}

func start(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC), to: &receiver{deaf: map[string]bool{}}}
	var err error
	d.ledger, err = ledger.Open(t.Context(), sqlite.New(filepath.Join(t.TempDir(), "l.db")), ledger.Options{Now: func() time.Time { return d.now }, Host: "here"})
	d.must(err)
	t.Cleanup(func() { d.must(d.ledger.Close()) })
	d.tables = served.Of(d.ledger)
	return d
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// teller is a process that tells the hooks.
func (d *desk) teller(holder string, hooks ...reportconfig.Hook) *eventhook.Teller {
	secrets := make([]string, len(hooks))
	for i := range secrets {
		secrets[i] = "c4n4ry-secret"
	}
	return &eventhook.Teller{
		Account: eventhook.Account{
			ID: "T12345678", Path: "shop.yaml", Hooks: hooks, Secrets: secrets, Tables: d.tables, Use: func(do func() error) error { return do() }, Log: slog.New(slog.DiscardHandler),
			Body: func(_ context.Context, h served.HookDelivery) ([]byte, error) {
				if d.gone && h.Event != served.HookBegins {
					return nil, nil
				}
				return []byte(h.Subject), nil
			},
		},
		Post: d.to, Now: func() time.Time { return d.now }, Holder: holder,
	}
}

// tell has the hooks told, and holds what they were posted to what is wanted.
func (d *desk) tell(t *eventhook.Teller, want ...string) {
	d.Helper()
	d.must(t.Tell(d.Context()))
	if got := d.to.take(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		d.Errorf("posted\n%s, want\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// made writes a period down as made, with a file and a message that is refused.
func (d *desk) made(day int) {
	d.Helper()
	ctx, from := d.Context(), time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)
	added, err := d.ledger.Plan(ctx, []ledger.Planned{{
		Key:  ledger.Key{Account: "T12345678", Report: "oslo", From: from, To: from.AddDate(0, 0, 1)},
		Name: from.Format(time.DateOnly), Schedule: "daily", Config: "shop.yaml", Due: from.AddDate(0, 0, 1), State: ledger.Owed,
	}})
	d.must(err)
	claimed, err := d.ledger.ClaimPeriod(ctx, added[0].ID)
	d.must(err)
	d.must(d.ledger.RecordMade(ctx, claimed.Claim, ledger.MadePeriod{
		At: d.now, Artifacts: []ledger.Artifact{{Path: "x.csv", ContentType: "text/csv", SHA256: "x", Size: 1}},
		Deliveries: []ledger.NewDelivery{{Recipient: "kari@example.com", MessageID: fmt.Sprint("<", day, ">"), File: "x.eml", SHA256: "x", Size: 1}},
	}))
	rows, err := d.ledger.Deliveries(ctx, ledger.Filter{Account: "T12345678", Period: from.Format(time.DateOnly)})
	d.must(err)
	delivery, err := d.ledger.ClaimDelivery(ctx, rows[0].ID)
	d.must(err)
	d.must(d.ledger.MarkSending(ctx, delivery.Claim, d.now))
	d.must(d.ledger.Finish(ctx, delivery.Claim, ledger.Result{At: d.now, State: ledger.Refused, Answer: "550"}))
}

var (
	files    = reportconfig.Hook{URL: "https://one.example/x?key=c4n4ry", Events: []reportconfig.HookEvent{reportconfig.ReportAdd}}
	failures = reportconfig.Hook{URL: "https://two.example/", Events: []reportconfig.HookEvent{reportconfig.DeliveryFailed, reportconfig.ReportFailed}}
)

func TestAHookIsToldOfWhatItAskedForOnce(t *testing.T) {
	d := start(t)
	d.made(1) // before there was a hook
	d.now = d.now.Add(time.Minute)
	a := d.teller("a", files, failures)
	d.tell(a, files.URL+" ping ", failures.URL+" ping ")
	d.tell(a)
	d.now = d.now.Add(time.Minute)
	d.made(2)
	d.tell(a, files.URL+" report_add period 2 file 0 edition 0", failures.URL+" delivery_failed delivery 2 revision 0")
	d.tell(a)
	d.tell(d.teller("a", files, failures)) // a process later
	if name := eventhook.Name(files); strings.Contains(name, "c4n4ry") || name == eventhook.Name(failures) {
		t.Errorf("it is named %s", name)
	}
}

func TestWhatIsNotHeardIsToldAgainAndGivenUpAfterFiveDays(t *testing.T) {
	d := start(t)
	a := d.teller("a", files, failures)
	d.tell(a, files.URL+" ping ", failures.URL+" ping ")
	d.to.deaf[files.URL] = true
	d.made(2)
	const add, refused = "https://one.example/x?key=c4n4ry report_add period 1 file 0 edition 0", "https://two.example/ delivery_failed delivery 1 revision 0"
	d.tell(a, add, refused)
	for _, pause := range []time.Duration{5, 10, 20, 40, 60, 60} {
		d.now = d.now.Add(pause*time.Minute - time.Second)
		d.tell(a)
		d.now = d.now.Add(time.Second)
		d.tell(a, add)
	}
	d.now = d.now.Add(5 * 24 * time.Hour)
	d.tell(a, add)
	d.now = d.now.Add(time.Hour)
	d.tell(a)
	all, err := d.tables.HookDeliveries(t.Context(), "T12345678", 10)
	d.must(err)
	states := map[string]int{}
	for _, h := range all {
		states[h.State]++
	}
	if states[served.HookGivenUp] != 1 || states[served.HookHeard] != 3 {
		t.Errorf("%v", states)
	}
}

// TestADeafHookIsNotCalledForEachEvent: it rests, and then hears all in their order.
func TestADeafHookIsNotCalledForEachEvent(t *testing.T) {
	d := start(t)
	a := d.teller("a", files)
	d.tell(a, files.URL+" ping ")
	d.to.deaf[files.URL] = true
	for day := range 5 {
		d.now = d.now.Add(time.Second)
		d.made(day + 1)
	}
	const add = "https://one.example/x?key=c4n4ry report_add period %d file 0 edition 0"
	d.tell(a, fmt.Sprintf(add, 1))
	d.tell(a)
	d.now = d.now.Add(time.Minute)
	d.tell(a, fmt.Sprintf(add, 2))
	d.to.deaf[files.URL] = false
	d.now = d.now.Add(time.Hour)
	d.tell(a, fmt.Sprintf(add, 1), fmt.Sprintf(add, 2), fmt.Sprintf(add, 3), fmt.Sprintf(add, 4), fmt.Sprintf(add, 5))
}

func TestOfTwoProcessesOneTells(t *testing.T) {
	d := start(t)
	a, b := d.teller("a", files), d.teller("b", files)
	d.tell(a, files.URL+" ping ")
	d.made(2)
	d.tell(b)
	d.tell(a, files.URL+" report_add period 1 file 0 edition 0")
	d.now = d.now.Add(3 * time.Minute) // the first is gone
	d.made(3)
	d.tell(b, files.URL+" report_add period 2 file 0 edition 0")
	d.gone = true
	d.made(4)
	d.tell(b)
}

// A busyReceiver lets something happen while it is told.
type busyReceiver struct {
	*receiver
	meanwhile func()
}

func (b *busyReceiver) Deliver(ctx context.Context, address string, header http.Header, body []byte) (string, error) {
	if do := b.meanwhile; do != nil {
		b.meanwhile = nil
		do()
	}
	return b.receiver.Deliver(ctx, address, header, body)
}

// TestWhatOneProcessTellsNoOtherTellsMeanwhile: it is queued for both.
func TestWhatOneProcessTellsNoOtherTellsMeanwhile(t *testing.T) {
	d := start(t)
	one, other := d.teller("one", files), d.teller("other", files)
	one.Post = &busyReceiver{d.to, func() { d.must(other.Tell(d.Context())) }}
	d.must(one.Tell(d.Context()))
	if got := d.to.take(); len(got) != 1 {
		t.Errorf("told %d times", len(got))
	}
}

func TestBothSignatures(t *testing.T) {
	d := start(t)
	a := d.teller("a", files)
	a.Secrets[0] = "whsec_" + base64.StdEncoding.EncodeToString([]byte("c4n4ry"))
	d.tell(a, files.URL+" ping ")
	d.made(2)
	d.tell(a, files.URL+" report_add period 1 file 0 edition 0")
	h, body := d.to.last, "period 1 file 0 edition 0"
	own := hmac.New(sha1.New, []byte(a.Secrets[0]))
	own.Write([]byte(body))
	standard := hmac.New(sha256.New, []byte("c4n4ry"))
	standard.Write([]byte(h.Get("webhook-id") + "." + fmt.Sprint(d.now.Unix()) + "." + body))
	if h.Get("event-signature") != hex.EncodeToString(own.Sum(nil)) || h.Get("webhook-signature") != "v1,"+base64.StdEncoding.EncodeToString(standard.Sum(nil)) ||
		h.Get("webhook-timestamp") != fmt.Sprint(d.now.Unix()) || h.Get("event-delivery") != h.Get("webhook-id") || len(h.Get("webhook-id")) != 36 {
		t.Errorf("%v", h)
	}
}
