// Package eventhook tells others over HTTP of files that were made, of reports that could not be
// made, and of messages that nobody got, in the shape of Dintero's own webhooks. It refuses to
// tell of anything that was before the hook, and to forget what was not heard before five days.
package eventhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"rapport/internal/ledger/served"
	"rapport/reportconfig"
)

// Poster calls an address once.
type Poster interface {
	Deliver(ctx context.Context, address string, header http.Header, body []byte) (answer string, err error)
}

// An Account is one whose hooks are told.
type Account struct {
	ID, Path string // of the account, of the configuration as the ledger names it
	Hooks    []reportconfig.Hook
	Secrets  []string // of the hooks, in their order
	Tables   served.Tables
	// Use runs do while the ledger is open; a ledger that is closed is an error.
	Use func(do func() error) error
	// Body is what is posted of a delivery. Nothing, where what it is about is not kept any more.
	Body func(ctx context.Context, d served.HookDelivery) ([]byte, error)
	Log  *slog.Logger
}

// A Teller tells the hooks of an account.
type Teller struct {
	Account
	Post   Poster
	Now    func() time.Time
	Holder string // names the process: of those that share a ledger one tells

	mu    sync.Mutex
	rests map[string]time.Time // of a hook that did not hear: it is not called before
}

const (
	lookback   = 6 * 24 * time.Hour // within which what a hook was not told of is looked for
	giveUp     = 5 * 24 * time.Hour
	rest       = time.Minute // of a hook that did not hear, whatever else it is to be told
	firstPause = 5 * time.Minute
	mostPause  = time.Hour
	batch      = 100
	dutyLife   = 2 * time.Minute
	duty       = "hooks"
)

// Name names a hook, without what of its address may be a secret.
func Name(h reportconfig.Hook) string {
	sum := sha256.Sum256([]byte(h.URL))
	host := "hook"
	if u, err := url.Parse(h.URL); err == nil {
		host = u.Host
	}
	return host + " " + hex.EncodeToString(sum[:4])
}

// Tell tells each hook what it is to be told now. What is not heard waits for a later call.
func (t *Teller) Tell(ctx context.Context) error {
	if len(t.Hooks) == 0 {
		return nil
	}
	waits := false
	err := t.Use(func() (err error) {
		for _, h := range t.Hooks {
			waiting, err := t.queue(ctx, h)
			if err != nil {
				return err
			}
			waits = waits || waiting
		}
		return nil
	})
	if err != nil || !waits {
		return err
	}
	if mine, err := t.takeDuty(ctx); err != nil || !mine {
		return err
	}
	var group sync.WaitGroup
	for i := range t.Hooks {
		group.Go(func() {
			if err := t.tellOne(ctx, t.Hooks[i], t.Secrets[i]); err != nil && ctx.Err() == nil {
				t.Log.Warn("hooks", "account", t.ID, "hook", Name(t.Hooks[i]), "error", err)
			}
		})
	}
	group.Wait()
	return nil
}

func (t *Teller) takeDuty(ctx context.Context) (mine bool, err error) {
	err = t.Use(func() (err error) {
		now := t.Now()
		mine, err = t.Tables.TakeDuty(ctx, t.ID, duty, t.Holder, now, now.Add(dutyLife))
		return err
	})
	return mine, err
}

// queue writes down what a hook is to be told of, and tells whether anything waits for it.
func (t *Teller) queue(ctx context.Context, h reportconfig.Hook) (waits bool, err error) {
	name, now := Name(h), t.Now()
	began, err := t.Tables.HookBegan(ctx, t.ID, name)
	if err != nil {
		return false, err
	}
	var news []served.HookDelivery
	add := func(event, subject string) {
		id := uuid.NewSHA1(uuid.NameSpaceURL, []byte(strings.Join([]string{t.ID, name, event, subject}, "\x00")))
		news = append(news, served.HookDelivery{ID: id.String(), Account: t.ID, Hook: name, Event: event, Subject: subject, Queued: now.Add(time.Duration(len(news)) * time.Millisecond)}) // told in this order
	}
	if began.IsZero() {
		add(served.HookBegins, "")
	} else {
		since := began
		if earliest := now.Add(-lookback); since.Before(earliest) {
			since = earliest
		}
		for _, event := range h.Events {
			all, err := t.Tables.HookUntold(ctx, t.ID, t.Path, name, string(event), since, batch)
			if err != nil {
				return false, err
			}
			for _, subject := range all {
				add(string(event), subject.String())
			}
		}
	}
	if len(news) > 0 {
		if mine, err := t.takeDuty(ctx); err != nil || !mine {
			return false, err
		}
		if err := t.Tables.TellHooks(ctx, news); err != nil {
			return false, err
		}
	}
	queue, err := t.Tables.HookQueue(ctx, t.ID, name, 1)
	return len(queue) > 0 && !queue[0].NextTry.After(now), err
}

// tellOne calls one hook, until it does not hear.
func (t *Teller) tellOne(ctx context.Context, h reportconfig.Hook, secret string) error {
	name, began := Name(h), t.Now()
	if t.resting(name, began) {
		return nil
	}
	var queue []served.HookDelivery
	err := t.Use(func() (err error) {
		queue, err = t.Tables.HookQueue(ctx, t.ID, name, batch)
		return err
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(queue, func(a, b served.HookDelivery) int { return a.Queued.Compare(b.Queued) })
	for _, d := range queue {
		now := t.Now()
		if d.NextTry.After(now) {
			continue
		}
		if now.Sub(began) > dutyLife/2 { // the others' turn, or ours anew
			return nil
		}
		heard, err := t.deliver(ctx, h, secret, d)
		if err != nil || !heard {
			return err
		}
	}
	return nil
}

func (t *Teller) resting(name string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return now.Before(t.rests[name]) && now.After(t.rests[name].Add(-2*rest))
}

// deliver calls once, and writes down what became of it.
func (t *Teller) deliver(ctx context.Context, h reportconfig.Hook, secret string, d served.HookDelivery) (heard bool, err error) {
	var body []byte
	err = t.Use(func() (err error) { body, err = t.Body(ctx, d); return err })
	if err != nil {
		return false, err
	}
	if body == nil {
		return true, t.tried(ctx, d.ID, served.HookGivenUp, "it is not kept any more", time.Time{})
	}
	now := t.Now()
	answer, err := t.Post.Deliver(ctx, h.URL, headers(d, secret, body, now), body)
	switch {
	case err == nil:
		return true, t.tried(ctx, d.ID, served.HookHeard, answer, time.Time{})
	case ctx.Err() != nil:
		return false, nil // it is told again
	case now.Sub(d.Queued) >= giveUp:
		t.Log.Error("a hook is given up: it was not heard for five days", "account", t.ID, "hook", d.Hook, "event", d.Event, "error", err)
		return true, t.tried(ctx, d.ID, served.HookGivenUp, err.Error(), time.Time{})
	}
	if d.Attempts == 0 {
		t.Log.Warn("a hook was not heard, and is told again", "account", t.ID, "hook", d.Hook, "event", d.Event, "error", err)
	}
	t.mu.Lock()
	if t.rests == nil {
		t.rests = map[string]time.Time{}
	}
	t.rests[d.Hook] = now.Add(rest)
	t.mu.Unlock()
	return false, t.tried(ctx, d.ID, served.HookQueued, err.Error(), now.Add(min(firstPause<<min(d.Attempts, 6), mostPause)))
}

func (t *Teller) tried(ctx context.Context, id, state, answer string, next time.Time) error {
	return t.Use(func() error {
		return t.Tables.HookTried(context.WithoutCancel(ctx), id, state, answer, t.Now(), next)
	})
}

// headers are Dintero's, and beside them those of Standard Webhooks.
func headers(d served.HookDelivery, secret string, body []byte, now time.Time) http.Header {
	stamp := strconv.FormatInt(now.Unix(), 10)
	h := http.Header{}
	h.Set("Event", d.Event)
	h.Set("Event-Delivery", d.ID)
	sign := hmac.New(sha1.New, []byte(secret))
	sign.Write(body)
	h.Set("Event-Signature", hex.EncodeToString(sign.Sum(nil)))
	h.Set("Webhook-Id", d.ID)
	h.Set("Webhook-Timestamp", stamp)
	key := []byte(secret)
	if text, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if decoded, err := base64.StdEncoding.DecodeString(text); err == nil {
			key = decoded
		}
	}
	sign = hmac.New(sha256.New, key)
	sign.Write([]byte(d.ID + "." + stamp + "."))
	sign.Write(body)
	h.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(sign.Sum(nil)))
	return h
}
