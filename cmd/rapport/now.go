package main

import (
	"time"

	"rapport/reportconfig"
)

// clock is the time that a command goes by: that of --now, which stands still, or the real one.
func (p *program) clock(text string, zone *time.Location) (func() time.Time, error) {
	if text == "" {
		return p.now, nil
	}
	now, err := p.instant(text, zone)
	return func() time.Time { return now }, err
}

// instant reads --now: RFC 3339, or a local date or time of the account's zone.
func (p *program) instant(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return p.now(), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usage("--now %q: want 2026-11-20, 2026-11-20T06:00 or 2026-11-20T06:00:00+01:00", text)
}

// refuseFuture refuses a --now later than the clock where real payments are at stake: days
// that are not over would count as reported.
func (p *program) refuseFuture(text string, now time.Time, config *reportconfig.Config, hint string) error {
	if config.Source.Dintero == nil || !now.After(p.now()) {
		return nil
	}
	return usage("--now %s is later than the clock — %s", text, hint)
}
