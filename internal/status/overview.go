// Package status says how a configuration is: what is due next, what is late, what waits and
// why, which alarms are open, when each report succeeded last. It reads the ledger and the
// configuration and reckons with the time it is given. It asks a daemon how it does,
// and refuses to change anything and to ask a relay or a source.
package status

import (
	"cmp"
	"context"
	"slices"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/split"
	"rapport/internal/text"
	"rapport/reportconfig"
)

// A Level says who has to do something.
type Level int

// The levels, from good to bad.
const (
	OK      Level = iota // nobody
	Waiting              // nobody yet: it is tried again
	Failed               // a person, or it lasts too long
)

// String is the level as programs read it.
func (l Level) String() string { return [...]string{"ok", "waiting", "failed"}[l] }

// MarshalText writes the level's String.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

const (
	grace   = time.Hour      // a report may be made so long after it was due before it is late
	tooLong = 24 * time.Hour // what lasts longer needs a person
)

// Status is how one configuration is. Times are UTC; null when there is none.
type Status struct {
	Account  string    `json:"account"`
	Time     time.Time `json:"time"` // that everything else is reckoned at
	Level    Level     `json:"level"`
	Sentence string    `json:"sentence"`
	Reports  []Report  `json:"reports"`
	Messages []Message `json:"waiting"` // what is not sent yet, the oldest first
	Alarms   []Alarm   `json:"alarms"`  // those that are open, the oldest first
	// LastSent and LastRead are when the relay last took a message, and when the source was last read whole.
	LastSent *time.Time `json:"last_sent"`
	LastRead *time.Time `json:"last_read"`
}

// A Report is one report of the configuration.
type Report struct {
	ID          string     `json:"report"`
	Name        string     `json:"name"`
	Schedule    string     `json:"schedule"`
	NextDue     time.Time  `json:"next_due"`
	NextPeriod  string     `json:"next_period"`
	Paused      bool       `json:"paused,omitempty"` // then nothing is due
	LastSuccess *time.Time `json:"last_success"`     // when its newest delivered period was complete
	Late        []Late     `json:"late"`             // the oldest first
}

// A Late period was due more than an hour ago and is not made.
type Late struct {
	Period   string     `json:"period"`
	Due      time.Time  `json:"due"`
	Attempts int        `json:"attempts"`
	NextTry  *time.Time `json:"next_try"`
	Why      string     `json:"why"`
	Level    Level      `json:"level"`
}

// A Message is a delivery that is not settled.
type Message struct {
	ID        int64      `json:"id"`
	Report    string     `json:"report"`
	Period    string     `json:"period"`
	Recipient string     `json:"recipient"`
	State     string     `json:"state"`
	Since     time.Time  `json:"since"`
	Attempts  int        `json:"attempts"`
	NextTry   *time.Time `json:"next_try"`
	Answer    string     `json:"answer"`
	Level     Level      `json:"level"`
}

// An Alarm is open. Those of level OK are of something that is over, as they were told once and nothing stands, or muted.
type Alarm struct {
	Kind    string     `json:"kind"`
	Subject string     `json:"subject"`
	Since   time.Time  `json:"since"`
	Told    *time.Time `json:"told"`
	Muted   *time.Time `json:"muted_until"`
	Text    string     `json:"text"`
	Level   Level      `json:"level"`
}

// Ledger is what is asked of the ledger.
type Ledger interface {
	PlannedThrough(ctx context.Context, account string) ([]ledger.PlannedThrough, error)
	OwedPeriods(ctx context.Context, account string) ([]ledger.Period, error)
	Periods(ctx context.Context, f ledger.Filter) ([]ledger.Period, error)
	Unsent(ctx context.Context, account string) ([]ledger.Delivery, error)
	Deliveries(ctx context.Context, f ledger.Filter) ([]ledger.Delivery, error)
	OpenAlarms(ctx context.Context, account string) ([]ledger.Alarm, error)
	Stats(ctx context.Context, account string) (ledger.Stats, error)
}

// recent is how many rows are looked at for what happened last: they come by when they were due.
const recent = 50

// Read reads how a configuration is at now. Without a ledger, nil, nothing was made yet.
func Read(ctx context.Context, config *reportconfig.Config, l Ledger, now time.Time) (*Status, error) {
	s := &Status{Account: config.Account, Time: now.UTC(), Reports: []Report{}, Messages: []Message{}, Alarms: []Alarm{}}
	var f facts
	if l != nil {
		var err error
		if f, err = readFacts(ctx, config, l); err != nil {
			return nil, err
		}
	}
	for i := range config.Reports {
		s.Reports = append(s.Reports, f.report(&config.Reports[i], config.Location, now))
	}
	for _, d := range f.unsent {
		if split.Has(config.Reports, d.Report) || slices.ContainsFunc(config.Reports, func(r reportconfig.Report) bool {
			return r.Was != "" && (d.Report == r.Was || reportconfig.PartOf(d.Report) == r.Was)
		}) {
			s.Messages = append(s.Messages, message(d, now))
		}
	}
	slices.SortStableFunc(s.Messages, func(a, b Message) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	for _, a := range f.alarms {
		s.Alarms = append(s.Alarms, Alarm{a.Kind, a.Subject, a.Raised, OrNull(a.Notified), OrNull(a.MutedUntil), text.PrintableLine(a.Text), alarmLevel(a, now)})
	}
	s.LastSent, s.LastRead = OrNull(f.lastSent), OrNull(f.lastRead)
	s.Level = s.worst()
	if l == nil {
		s.Level = max(s.Level, Waiting)
	}
	s.Sentence = s.sentence(config.Location, l != nil)
	return s, nil
}

func message(d ledger.Delivery, now time.Time) Message {
	m := Message{d.ID, d.Report, d.Period, d.Recipient, string(d.State), d.QueuedAt, d.Attempts, OrNull(d.NextTry), text.PrintableLine(d.Answer), OK}
	age := now.Sub(d.QueuedAt)
	switch {
	case d.State == ledger.Held || age > tooLong:
		m.Level = Failed
	case d.State == ledger.Deferred || d.State == ledger.Uncertain || age > grace:
		m.Level = Waiting
	}
	return m
}

// AlarmKinds are those that can be open while something is wrong: monitors want a zero of each.
func AlarmKinds() []string {
	return []string{
		ledger.AlarmFailed, ledger.AlarmLate, ledger.AlarmSkipped, ledger.AlarmRefused, ledger.AlarmWaiting, ledger.AlarmRelay, ledger.AlarmSource,
		ledger.AlarmUncertain, ledger.AlarmHeld, ledger.AlarmReconcile, ledger.AlarmClock, ledger.AlarmClockDiffers, ledger.AlarmMachineClock, ledger.AlarmMute,
		ledger.AlarmCrash, ledger.AlarmArchive, ledger.AlarmLost, ledger.AlarmConfiguration, ledger.AlarmVoucher, ledger.AlarmRestored,
	}
}

// alarmLevel is what an open alarm asks for.
func alarmLevel(a ledger.Alarm, now time.Time) Level {
	if a.MutedUntil.After(now) {
		return OK // somebody sees to it
	}
	switch a.Kind {
	case ledger.AlarmTooLarge, ledger.AlarmChanged:
		return OK
	case ledger.AlarmFailed, ledger.AlarmSkipped, ledger.AlarmRefused, ledger.AlarmHeld, ledger.AlarmClock, ledger.AlarmClockDiffers,
		ledger.AlarmMachineClock, ledger.AlarmMute, ledger.AlarmCrash, ledger.AlarmArchive, ledger.AlarmLost, ledger.AlarmConfiguration, ledger.AlarmVoucher, ledger.AlarmRestored:
		return Failed
	}
	if now.Sub(a.Raised) > tooLong {
		return Failed
	}
	return Waiting
}

func (s *Status) worst() (worst Level) {
	for _, r := range s.Reports {
		for _, l := range r.Late {
			worst = max(worst, l.Level)
		}
	}
	for _, m := range s.Messages {
		worst = max(worst, m.Level)
	}
	for _, a := range s.Alarms {
		worst = max(worst, a.Level)
	}
	return worst
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// OrNull is a time as JSON has it, in UTC; one that is not known is null.
func OrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
