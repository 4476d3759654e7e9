package webservice

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"rapport/internal/eventhook"
	"rapport/internal/insight"
	"rapport/internal/ledger/served"
	"rapport/internal/webhook"
)

// lookAgain is how soon it is seen that a hook is to be told of what another process did.
const lookAgain = 30 * time.Second

// settle is how long after something happened the hooks are told of it, and of what comes with it.
const settle = time.Second

// duties are what the service does by itself, beside answering.
type duties struct {
	mu      sync.Mutex
	stop    context.CancelFunc
	at      sync.WaitGroup
	changed []chan struct{} // something happened; one for each account
}

// Happened has the hooks told soon: a report was made or failed, a message was sent or refused.
func (s *Service) Happened() {
	s.duties.mu.Lock()
	defer s.duties.mu.Unlock()
	for _, changed := range s.duties.changed {
		select {
		case changed <- struct{}{}:
		default: // it is known
		}
	}
}

// Stop ends all that the service does.
func (s *Service) Stop() {
	s.Server.Stop()
	s.duties.replace(context.Background(), nil, nil, "", s.Log)
}

// replace ends what was done for the configurations before, and begins for those of now.
func (d *duties) replace(ctx context.Context, tellers []*eventhook.Teller, figures []*insight.Server, holder string, log *slog.Logger) {
	d.mu.Lock()
	if d.stop != nil {
		d.stop()
	}
	d.mu.Unlock()
	d.at.Wait()
	if len(figures) == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	ctx, d.stop = context.WithCancel(ctx)
	d.changed = nil
	for _, t := range tellers {
		changed := make(chan struct{}, 1)
		d.changed = append(d.changed, changed)
		d.at.Go(func() { tellHooks(ctx, t, changed, log) })
	}
	for _, api := range figures {
		d.at.Go(func() { sweepFigures(ctx, api, holder) })
	}
}

// tellHooks tells an account's hooks whenever something happened, and now and then. Each account has
// its own turn: hooks that hang keep no other account's waiting.
func tellHooks(ctx context.Context, t *eventhook.Teller, changed <-chan struct{}, log *slog.Logger) {
	wait := time.NewTimer(settle)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
			wait.Reset(settle)
			continue
		case <-wait.C:
			wait.Reset(lookAgain)
		}
		if err := t.Tell(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, errClosed) {
			log.Warn("hooks", "account", t.ID, "error", err)
		}
	}
}

// When it is seen whether figures are to be read: not before what is owed was begun.
const (
	sweepFirst = 15 * time.Second
	sweepAgain = 20 * time.Minute
)

func sweepFigures(ctx context.Context, api *insight.Server, holder string) {
	for wait := sweepFirst; ; wait = sweepAgain {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		api.SweepFigures(ctx, holder)
	}
}

func (s *Service) teller(w Worker, secrets []string, api *insight.Server, holder string) *eventhook.Teller {
	account := w.Config.Account
	return &eventhook.Teller{
		Account: eventhook.Account{
			ID: account, Path: w.Engine.Path, Hooks: w.Config.Web.Hooks, Secrets: secrets, Tables: served.Of(w.Ledger.Ledger), Use: useOf(w), Log: s.Log,
			Body: func(ctx context.Context, d served.HookDelivery) ([]byte, error) { return api.HookBody(ctx, account, d) },
		},
		Post: webhook.New(s.Agent), Now: s.Now, Holder: holder,
	}
}
