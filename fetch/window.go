package fetch

import (
	"context"
	"errors"
	"iter"
	"time"
)

// A long listing of transactions is cut into windows of time that are read side by
// side. Nothing is assumed of the order of a listing, nor of which capture of a
// transaction its captured_at is: windows share their bounds, each is a listing that
// is read to its own end, and together they leave no instant out. What moves while
// they are read moves to the present, so the window that is open towards it comes
// last. What was read before the cut must come again; where it does not, the windows
// are not trusted and the listing is read on from there as if it had not been cut.
const (
	alone  = 3               // pages of a listing that are read before it may be cut
	unsure = 5 * time.Minute // by how much the clocks here and there may differ
)

// errUncut is a source that does not cut by the bounds it was given.
var errUncut = errors.New("most rows of a window lie outside of it")

// inWindows reads a listing of transactions whole, in no order. What is short is read
// as [pages] reads it.
func (c *Client) inWindows(ctx context.Context, l listing[rawTransaction, Transaction], p part) iter.Seq2[[]Transaction, error] {
	return func(yield func([]Transaction, error) bool) {
		whole := c.wholeWindow(l, p)
		control, trusted := control{}, true
		for !whole.chain.over {
			rows, err := whole.read(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(rows) > 0 && !yield(rows, nil) {
				return
			}
			if whole.chain.read <= alone {
				control.expect(rows)
			}
			if !trusted || c.config.Concurrency < 2 || whole.chain.over || whole.chain.read < alone || len(rows) < pageSize {
				continue
			}
			g := newGround(whole, whole.chain.read > alone)
			if g == nil {
				continue
			}
			for rows, err := range c.cut(ctx, g) {
				if trusted = !errors.Is(err, errUncut); !trusted {
					break
				}
				if !yield(rows, err) || err != nil {
					return
				}
				control.meet(rows)
			}
			if trusted && len(control) == 0 {
				return
			}
			c.log.WarnContext(ctx, "the windows of a listing do not make it whole; reading it page by page", "request", l.name, "missing", len(control))
			trusted = false
		}
	}
}

// cut reads a ground in pieces, then what is later than all of them.
func (c *Client) cut(ctx context.Context, g *ground) iter.Seq2[[]Transaction, error] {
	return func(yield func([]Transaction, error) bool) {
		for rows, err := range c.sideBySide(ctx, g) {
			if !yield(rows, err) || err != nil {
				return
			}
		}
		for rows, err := range pages(ctx, c, g.window.since(g.window.to)) {
			if !yield(rows, err) || err != nil {
				return
			}
		}
	}
}

// wholeWindow is a listing before it is cut, with the time that may be cut.
func (c *Client) wholeWindow(l listing[rawTransaction, Transaction], p part) *timeWindow {
	now := c.config.Now().Add(-unsure)
	w := &timeWindow{listing: l, by: p.by, chain: newChain(c, l), bottomless: p.since.IsZero()}
	w.span = span{p.since.Unix(), now.Unix()}
	if w.bottomless {
		w.from = now.Add(-voidedFor).Unix()
	}
	return w
}

// control is the ids that must come again.
type control map[string]struct{}

func (c control) expect(rows []Transaction) {
	for i := range rows {
		c[rows[i].ID] = struct{}{}
	}
}

func (c control) meet(rows []Transaction) {
	for i := range rows {
		delete(c, rows[i].ID)
	}
}
