package status

import (
	"context"
	"slices"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/ledger"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// facts are what the ledger knows.
type facts struct {
	begun              bool
	planned            map[string]time.Time       // by report: how far, under whatever schedule
	owed               map[string][]ledger.Period // by report
	unsent             []ledger.Delivery
	alarms             []ledger.Alarm
	success            map[string]time.Time
	lastSent, lastRead time.Time
}

func readFacts(ctx context.Context, config *reportconfig.Config, l Ledger) (f facts, err error) {
	f.begun, f.planned, f.owed = true, map[string]time.Time{}, map[string][]ledger.Period{}
	planned, err := l.PlannedThrough(ctx, config.Account)
	if err != nil {
		return f, err
	}
	for _, p := range planned {
		f.planned[p.Report] = later(f.planned[p.Report], p.To)
	}
	owed, err := l.OwedPeriods(ctx, config.Account)
	if err != nil {
		return f, err
	}
	for _, p := range owed {
		f.owed[p.Report] = append(f.owed[p.Report], p)
	}
	if f.unsent, err = l.Unsent(ctx, config.Account); err != nil {
		return f, err
	}
	if f.alarms, err = l.OpenAlarms(ctx, config.Account); err != nil {
		return f, err
	}
	stats, err := l.Stats(ctx, config.Account)
	if err != nil {
		return f, err
	}
	f.success = stats.LastSuccess
	made, err := l.Periods(ctx, ledger.Filter{Account: config.Account, State: string(ledger.Made), Limit: recent})
	if err != nil {
		return f, err
	}
	for _, p := range made {
		f.lastRead = later(f.lastRead, p.MadeAt)
	}
	sent, err := l.Deliveries(ctx, ledger.Filter{Account: config.Account, State: string(ledger.Sent), Limit: recent})
	for _, d := range sent {
		f.lastSent = later(f.lastSent, d.FinishedAt)
	}
	f.rename(config.Reports)
	return f, err
}

// rename gives what the ledger knows of a former id to the report that goes on from it: the next wake will.
func (f facts) rename(reports []reportconfig.Report) {
	for _, r := range reports {
		if _, known := f.planned[r.ID]; known || r.Was == "" {
			continue
		}
		if through, known := f.planned[r.Was]; known {
			f.planned[r.ID], f.owed[r.ID] = through, f.owed[r.Was]
			if at, ok := f.success[r.Was]; ok {
				f.success[r.ID] = at
			}
		}
	}
}

func (f facts) report(r *reportconfig.Report, zone *time.Location, now time.Time) Report {
	timing := r.Timing()
	latest := timing.Latest(now, zone)
	next := latest.Next()
	out := Report{
		ID: r.ID, Name: r.Name, Schedule: string(r.Schedule), NextDue: timing.Due(next).UTC(), NextPeriod: next.String(),
		LastSuccess: OrNull(f.success[r.ID]), Late: []Late{}, Paused: r.Paused,
	}
	for _, p := range f.owed[r.ID] {
		if now.Sub(p.Due) > grace {
			out.Late = append(out.Late, Late{p.Name, p.Due, p.Attempts, OrNull(p.NextTry), text.PrintableLine(p.Error), Waiting})
		}
	}
	slices.SortStableFunc(out.Late, func(a, b Late) int { return a.Due.Compare(b.Due) })
	if !r.Paused {
		out.Late = append(out.Late, f.unseen(r, latest, zone, now)...)
	}
	for i := range out.Late {
		if l := &out.Late[i]; l.Level == Waiting && now.Sub(l.Due) > tooLong && l.Why != whyNew {
			l.Level = Failed
		}
	}
	return out
}

const (
	whyUnseen = "nobody looked for it: no daemon, no timer?"
	whyNew    = "new: nobody looked for it yet"
	mostLate  = 1000 // periods of one report
)

// unseen are the periods that nobody has planned: neither a daemon nor a timer works, or not with this configuration. Of a
// report that is new it is the latest.
func (f facts) unseen(r *reportconfig.Report, latest calendar.Period, zone *time.Location, now time.Time) (all []Late) {
	through, begun := f.planned[r.ID]
	why, first := whyUnseen, latest
	if !begun {
		why = whyNew
	} else if !latest.To.After(through) {
		return nil
	} else {
		first = r.Timing().Following(through, func(string) bool { return false }, zone)
	}
	for p := first; !p.From.After(latest.From) && len(all) < mostLate; p = p.Next() {
		if due := r.Timing().Due(p); f.begun && now.Sub(due) > grace {
			all = append(all, Late{Period: p.String(), Due: due.UTC(), Why: why, Level: Waiting})
		}
	}
	return all
}
