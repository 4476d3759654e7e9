package daemon

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// afterCut is for those who mind that their context has ended.
const afterCut = 2 * time.Second

// drain has everybody end what they are at; after Grace it is cut.
func (l *loop) drain(cut func()) error {
	l.state.drains()
	l.config.Log.Info("stopping", "grace", l.config.Grace)
	l.notify(l.config.Notify.Stopping())
	l.retire()
	over := time.NewTimer(l.config.Grace)
	defer over.Stop()
	alive := time.NewTicker(l.idle)
	defer alive.Stop()
	var faults []error
	for hasCut := false; len(l.open) > 0; {
		select {
		case f := <-l.done:
			delete(l.open, f.task)
			if f.what == loading { // its tenants were never woken, but they may hold something
				if f.err != nil {
					l.config.Log.Info("the load under way ended", "error", f.err)
				}
				l.seat(f.tenants)
				l.retire()
			} else if f.err != nil && f.what == draining {
				faults = append(faults, fmt.Errorf("%s %s: %w", f.what, f.seat.name, f.err))
			} else if f.err != nil {
				l.fault(f)
			}
		case <-alive.C:
			l.notify(l.config.Notify.Watchdog())
		case <-over.C:
			if hasCut {
				return errors.Join(append(faults, fmt.Errorf("stop: %s did not end", l.remaining()))...)
			}
			faults = append(faults, fmt.Errorf("stop: %s was still under way after %s and was cut off", l.remaining(), l.config.Grace))
			hasCut = true
			cut()
			over.Reset(afterCut)
		}
	}
	return errors.Join(faults...)
}

// remaining names what has not ended.
func (l *loop) remaining() string {
	var names []string
	for t := range l.open {
		if t.seat == nil {
			names = append(names, t.what)
			continue
		}
		names = append(names, t.what+" "+t.seat.name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
