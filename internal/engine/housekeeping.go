package engine

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A housekeeper tells the operator, sweeps and prunes, once nothing else is under way: what
// went wrong together is told together.
type housekeeper struct {
	*core
	planner *planner

	mu         sync.Mutex
	running    bool
	nextAlarms time.Time // the operator is not told before; zero: he may be
	pruned     time.Time
}

// start keeps house in the background.
func (h *housekeeper) start(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running || h.stopped() || h.activity.busy() {
		return
	}
	h.running = true
	h.activity.begin()
	go func() {
		defer h.activity.end()
		contain("housekeeping", h.Log, h.faults, func() { h.run(h.sending, now) })
		h.mu.Lock()
		defer h.mu.Unlock()
		h.running = false
	}()
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
	if !now.Before(h.alarmsNext(now)) {
		h.tell(ctx, now)
	}
	if !h.isTimeToPrune(now) {
		return
	}
	err := h.sweep(ctx)
	if err == nil && h.Prune {
		err = h.prune(ctx, now)
	}
	if err != nil {
		h.faults.add(fmt.Errorf("retention: %w", err))
	}
}

func (h *housekeeper) tell(ctx context.Context, now time.Time) {
	err := h.assess(ctx, now)
	if err == nil {
		err = h.alarms.notify(ctx, now)
	}
	h.mu.Lock()
	h.nextAlarms = time.Time{}
	if err != nil {
		h.nextAlarms = now.Add(alarmPause)
	}
	h.mu.Unlock()
	if err != nil {
		h.faults.add(fmt.Errorf("alarms: %w", err))
	}
}

// isTimeToPrune is true once a day, by a clock that is believed. A daemon is a day old before
// it removes anything: its clock may be wrong when it starts.
func (h *housekeeper) isTimeToPrune(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.Mode == Daemon && h.pruned.IsZero() {
		h.pruned = now
		return false
	}
	if since := now.Sub(h.pruned); !h.planner.clockTrusted() || since >= 0 && since < 24*time.Hour {
		return false
	}
	h.pruned = now
	return true
}
