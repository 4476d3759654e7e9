package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/planner"
	"rapport/internal/retention"
	"rapport/internal/workers"
)

// alarmPause is how long to wait when the operator could not be told.
const alarmPause = 5 * time.Minute

// A housekeeper tells the operator, sweeps and prunes, once nothing else is under way: what
// went wrong together is told together.
type housekeeper struct {
	*core
	planner *planner.Planner
	maker   *maker
	sender  *sender

	mu         sync.Mutex
	nextAlarms time.Time // the operator is not told before; zero: he may be
	untold     bool      // he could not be told
	pruned     time.Time
	swept      bool // at least once
	// suspectsSince is since when others keep suspects waiting; zero: they do not.
	suspectsSince time.Time
}

// start keeps house in the background, once nothing else is under way.
func (h *housekeeper) start(now time.Time) {
	h.activity.WhenIdle(func() {
		if !h.stopped() {
			workers.Contain("housekeeping", h.Log, h.faults.add, func() { h.run(h.sending, now) })
		}
	})
}

// alarmsNext is when the operator is to be told again what could not be; zero: nothing waits.
func (h *housekeeper) alarmsNext(now time.Time) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.nextAlarms.After(now.Add(mostAhead)) {
		h.nextAlarms = time.Time{} // written by a clock that was wrong
	}
	return h.nextAlarms
}

func (h *housekeeper) run(ctx context.Context, now time.Time) {
	h.sender.judgeRefusals(ctx)
	if !now.Before(h.alarmsNext(now)) {
		h.tell(ctx, now)
	}
	h.notifier.pool.Start()
	h.releaseSuspects(now)
	first, prune := h.isFirst(), h.isTimeToPrune(now)
	if prune && h.RealClock { // on each machine, as each has copies
		if err := h.Archive.ForgetUnchanged(now); err != nil {
			h.faults.add(fmt.Errorf("copies of the archive: %w", err))
		}
	}
	if !first && !prune || h.KeepsHouse != nil && !h.KeepsHouse(ctx, now) {
		return
	}
	keeper := h.retention()
	err := keeper.Sweep(ctx)
	if prune && h.RealClock {
		err = errors.Join(err, keeper.Prune(ctx, now))
	}
	if err != nil {
		h.faults.add(fmt.Errorf("retention: %w", err))
	}
}

// How long other engines may keep suspects waiting: one over which a single process died, and
// any.
const (
	oneCrashPatience = 15 * time.Second
	suspectPatience  = 15 * time.Minute
)

// suspectPause is how soon it is seen that a suspect may be tried.
const suspectPause = oneCrashPatience

// releaseSuspects lets a period be tried over which a process died: nothing else is under
// way, and the operator was told.
func (h *housekeeper) releaseSuspects(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.OthersRest != nil && !h.OthersRest() {
		if h.suspectsSince.IsZero() || h.suspectsSince.After(now) {
			h.suspectsSince = now
		}
		switch waited := now.Sub(h.suspectsSince); {
		case waited < oneCrashPatience:
			return
		case waited < suspectPatience:
			h.maker.maxCrashes.Store(oneCrash)
			h.maker.pool.Start()
			return
		}
	}
	h.suspectsSince = time.Time{}
	h.maker.maxCrashes.Store(anyCrash)
	h.maker.pool.Start()
}

// tell looks for what is wrong, and tells the operator.
func (h *housekeeper) tell(ctx context.Context, now time.Time) {
	n, err := 0, h.assess(ctx, now)
	if err == nil {
		n, err = h.alarms.Notify(ctx, now)
	}
	if err == nil {
		err = h.resolveRestored(ctx, now)
	}
	h.told(now, n, err)
}

// tellCrash tells the operator of what ended earlier processes: before anything is made, as
// that may end this one too.
func (h *housekeeper) tellCrash(ctx context.Context, now time.Time) {
	open, err := h.Ledger.OpenAlarms(ctx, h.Account.ID)
	if err == nil && !slices.ContainsFunc(open, func(a ledger.Alarm) bool { return a.Kind == ledger.AlarmCrash && a.Notified.IsZero() }) {
		return
	}
	n := 0
	if err == nil {
		n, err = h.alarms.Notify(ctx, now)
	}
	h.told(now, n, err)
}

// told keeps when the operator may be told again. Who was told of something is reminded of it.
func (h *housekeeper) told(now time.Time, n int, err error) {
	if n > 0 {
		h.activity.Note()
	}
	h.mu.Lock()
	h.nextAlarms = time.Time{}
	if err != nil {
		h.nextAlarms = now.Add(alarmPause)
	}
	again := h.untold && err == nil
	h.untold = err != nil
	h.mu.Unlock()
	if again {
		h.Log.Info("the operator can be told again", "account", h.Account.ID)
	}
	if err != nil {
		h.faults.add(fmt.Errorf("alarms: %w", err))
	}
}

// pruneInterval is how often a daemon removes what is older than retention, a day's worth.
const pruneInterval = 6 * time.Hour

// isFirst is true once, by a clock that is believed: what a crash left is put in order soon after.
func (h *housekeeper) isFirst() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.swept || !h.planner.ClockTrusted() {
		return false
	}
	h.swept = true
	return true
}

// isTimeToPrune is true now and then, by a clock that is believed. A daemon is some hours old
// before it removes anything: its clock may be wrong when it starts.
func (h *housekeeper) isTimeToPrune(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.Mode == Daemon && h.pruned.IsZero() {
		h.pruned = now
		return false
	}
	if since := now.Sub(h.pruned); !h.planner.ClockTrusted() || since >= 0 && since < pruneInterval {
		return false
	}
	h.pruned = now
	return true
}

// retention keeps the configuration's archive.
func (h *housekeeper) retention() *retention.Keeper {
	return &retention.Keeper{
		Account: h.Account.ID, Path: h.Path, Archive: h.Archive, Ledger: h.Ledger, Messages: h.messages, Source: h.source, Owner: h.owner,
		Retention: h.Retention, Catchup: h.Catchup, Clock: h.Clock, Log: h.Log, PruneOthers: h.PruneOthers,
		Known: func(id string) bool { return h.report(id) != nil },
	}
}
