package verify

import (
	"context"
	"fmt"
	"path"
	"strings"

	"rapport/internal/ledger"
	"rapport/internal/series"
)

// verifySeries looks at one series: link by link, with the files, and then by the calendar.
func (v *verification) verifySeries(ctx context.Context, h series.Head) error {
	c := &chain{verification: v, head: h, next: h.Taken + 1, previous: h.TakenDigest, shown: Series{Report: h.Series, Removed: h.Taken}}
	for {
		p, err := v.page(ctx, h.Series, c.next-1)
		if err != nil {
			return err
		}
		if len(p.links) == 0 {
			break
		}
		if err := c.follow(ctx, p); err != nil {
			return err
		}
	}
	if err := c.end(); err != nil {
		return err
	}
	if err := v.calendar(ctx, h.Series); err != nil {
		return err
	}
	return v.shown(c.shown)
}

// A chain is a series that is followed.
type chain struct {
	*verification
	head     series.Head
	next     int64  // the position that comes next
	previous string // and what its digest is to follow from
	shown    Series
}

// follow looks at a page of links.
func (c *chain) follow(ctx context.Context, p page) error {
	files := c.readFiles(p.links)
	for i, l := range p.links {
		if err := c.link(ctx, l, p.faults[i]); err != nil {
			return err
		}
		for _, check := range []func() []Fault{func() []Fault { return p.period(l) }, func() []Fault { return p.artifacts(l) }} {
			for _, f := range check() {
				if err := c.tell(f); err != nil {
					return err
				}
			}
		}
		if err := c.tellFiles(ctx, l, files[i]); err != nil {
			return err
		}
		c.count(l)
	}
	return nil
}

// link holds a link against the one before it.
func (c *chain) link(ctx context.Context, l series.Link, fault error) error {
	if fault != nil {
		if err := c.tell(of(l, Altered, "%v", fault)); err != nil {
			return err
		}
	}
	if gone := l.Position - c.next; gone > 0 {
		text := "the report before it in the series is gone from the ledger"
		if gone > 1 {
			text = fmt.Sprintf("the %d reports before it in the series are gone from the ledger", gone)
		}
		if err := c.tell(of(l, Missing, "%s", text)); err != nil {
			return err
		}
	}
	if l.Previous != c.previous {
		f := of(l, Broken, "its digest follows from %s, and that of the report before it is %s", short(l.Previous), short(c.previous))
		elsewhere := false
		err := c.Ledger.Read(ctx, func(tx ledger.Tx) (err error) {
			elsewhere, err = series.WithDigest(tx, c.Account, c.head.Series, l.Previous)
			return err
		})
		if err != nil {
			return err
		}
		if elsewhere && l.Previous != "" {
			f = of(l, Order, "it stands after %s in the ledger, and was made after %s", short(c.previous), short(l.Previous))
		}
		if err := c.tell(f); err != nil {
			return err
		}
	}
	c.next, c.previous = l.Position+1, l.Digest
	return nil
}

// short is as much of a digest as is printed.
func short(digest string) string {
	if digest == "" {
		return "none"
	}
	return digest[:min(series.Printed, len(digest))]
}

// count takes a link into the summary.
func (c *chain) count(l series.Link) {
	c.dirs[path.Dir(l.Dir)] = true
	s := &c.shown
	s.Reports++
	c.sum.Reports++
	if s.First == "" {
		s.First, s.From = l.Number, l.From
	}
	if l.To.After(s.To) {
		s.To = l.To
	}
	if l.From.Before(s.From) {
		s.From = l.From
	}
	s.Last, s.Digest = l.Number, l.Digest
	if l.State >= series.Removed {
		s.Removed++
		c.sum.Removed++
	}
	if l.Reconstructed {
		s.Reconstructed++
	}
	if c.Progress != nil {
		c.Progress(c.sum.Reports, max(c.total, c.sum.Reports))
	}
}

// end holds the newest link against what the ledger says of it.
func (c *chain) end() error {
	switch h := c.head; {
	case h.Last < 0: // told before
	case h.Last >= c.next:
		return c.tell(Fault{Kind: Missing, Report: h.Series, Text: "the newest of the series are gone from the ledger"})
	case h.Last == c.next-1 && h.LastDigest != c.previous:
		return c.tell(Fault{Kind: Altered, Report: h.Series, Text: "the newest digest of the series is " + short(h.LastDigest) + ", and that of its newest report " + short(c.previous)})
	}
	return nil
}

// calendar tells where the periods of a series leave time out, or have it twice.
func (v *verification) calendar(ctx context.Context, name string) error {
	var after, last series.Link // last ends latest so far
	for {
		var page []series.Link
		err := v.Ledger.Read(ctx, func(tx ledger.Tx) (err error) {
			page, err = series.PageByTime(tx, v.Account, name, after)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, l := range page {
			if err := v.between(ctx, last, l); err != nil {
				return err
			}
			if after = l; l.To.After(last.To) {
				last = l
			}
		}
	}
}

// between tells a gap or an overlap of a report with the one that ended last.
func (v *verification) between(ctx context.Context, last, l series.Link) error {
	switch {
	case last.Digest == "" || l.From.Equal(last.To):
		return nil
	case l.From.Equal(last.From) && l.To.Equal(last.To): // made again, or corrected
		return nil
	case l.From.Before(last.To):
		return v.tell(of(l, Overlap, "it begins %s, and %s ends %s", v.local(l.From), last.Period(), v.local(last.To)))
	}
	why, err := v.inGap(ctx, last, l)
	if err != nil {
		return err
	}
	return v.tell(of(l, Gap, "no report from %s to %s%s", v.local(last.To), v.local(l.From), why))
}

// inGap says what the ledger knows of periods in a gap.
func (v *verification) inGap(ctx context.Context, last, l series.Link) (why string, err error) {
	var known []string
	err = v.Ledger.Read(ctx, func(tx ledger.Tx) error {
		known = nil
		return tx.Each(func(columns func(dest ...any) error) error {
			name, state := "", ""
			err := columns(&name, &state)
			known = append(known, name+" is "+state)
			return err
		}, `SELECT name, state FROM period WHERE account = ? AND report = ? AND from_at >= ? AND to_at <= ? AND state <> 'made' ORDER BY from_at, to_at LIMIT 8`,
			v.Account, l.Series, last.To, l.From)
	})
	if err != nil || len(known) == 0 {
		return "", err
	}
	return ": " + strings.Join(known, ", "), nil
}
