package daemon

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// cancelGrace is for workers that mind that their context has ended.
const cancelGrace = 2 * time.Second

// drain waits until every task has ended; after Grace it cancels them.
func (l *loop) drain(cancelWork func()) error {
	l.state.update(func(s *snapshot) { s.draining = true })
	l.config.Log.Info("stopping", "grace", l.config.Grace)
	l.notify(l.config.Notify.Stopping())
	l.retire()
	deadline := time.NewTimer(l.config.Grace)
	defer deadline.Stop()
	watchdog := time.NewTicker(l.maxSleep)
	defer watchdog.Stop()
	var faults []error
	for cancelled := false; len(l.running) > 0; {
		select {
		case r := <-l.results:
			delete(l.running, r.task)
			if r.kind == loading { // its workers were never woken, but may hold something
				if r.err != nil {
					l.config.Log.Warn("the load under way ended", "error", r.err)
				}
				l.assign(r.workers)
				l.retire()
			} else if r.err != nil && r.kind == draining {
				faults = append(faults, fmt.Errorf("%s %s: %w", r.kind, r.slot.name, r.err))
			} else if r.err != nil {
				l.logFailure(r)
			}
		case <-watchdog.C:
			l.notify(l.config.Notify.Watchdog())
		case <-deadline.C:
			if cancelled {
				return errors.Join(append(faults, fmt.Errorf("stop: %s did not end", l.remaining()))...)
			}
			faults = append(faults, fmt.Errorf("stop: %s was still under way after %s and was cut off", l.remaining(), l.config.Grace))
			cancelled = true
			cancelWork()
			deadline.Reset(cancelGrace)
		}
	}
	return errors.Join(faults...)
}

// remaining names what has not ended.
func (l *loop) remaining() string {
	var names []string
	for t := range l.running {
		if t.slot == nil {
			names = append(names, t.kind)
			continue
		}
		names = append(names, t.kind+" "+t.slot.name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
