package sandbox

import (
	"encoding/base64"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// giftCardBook is a gift card with its whole future.
type giftCardBook struct {
	place
	id        string
	created   time.Time
	currency  string
	amount    int64
	credit    bool // a credit note
	deleted   time.Time
	movements []movement
}

type movement struct {
	id, parent, kind, ref, by, order string
	amount                           int64
	at                               time.Time
}

// cards are the gift cards issued on d, newest first. Every day one is used at
// once, and one is reserved and released.
func (b *books) cards(d date) []giftCardBook {
	if d < 0 {
		return nil
	}
	n := 3 + roll(b.seed, uint64(d), 0x6c).below(2)
	out := make([]giftCardBook, n)
	for i := range out {
		out[n-1-i] = b.card(place{d, i})
	}
	return out
}

func (b *books) card(p place) giftCardBook {
	die := roll(b.seed, uint64(p.day), uint64(p.n), 0x6d)
	c := giftCardBook{place: p, id: fmt.Sprintf("%08x", p.code()) + die.uuid()[8:], credit: die.chance(15)}
	c.created = b.midnight(p.day).Add(time.Duration(9+2*p.n)*time.Hour + die.span(0, 100*time.Minute))
	c.currency = []string{"NOK", "SEK", "EUR"}[die.weighted(80, 10, 10)]
	c.amount = pick(die, []int64{20000, 25000, 30000, 50000, 100000, 75050})
	if c.currency == "EUR" {
		c.amount /= 10
	}
	c.move(die, "fund", c.amount, c.created.Add(time.Second), "")
	left, at := c.amount, c.created
	for use := range 1 + die.below(3) {
		at = at.Add(die.span(time.Hour, 14*day))
		if use == 0 && p.n < 2 {
			at = c.created.Add(die.span(10*time.Minute, 2*time.Hour))
		}
		part := min(left, c.amount*int64(die.between(15, 70))/100)
		if part == 0 {
			break
		}
		left -= c.use(die, use == 0, part, at)
	}
	if last := c.movements[len(c.movements)-1].at; p.n > 1 && die.chance(15) {
		c.deleted = last.Add(die.span(time.Hour, 5*day))
	}
	return c
}

// use draws part of the card and returns what was really drawn: directly, or by a
// reservation that is captured whole, captured in part and released, or released.
func (c *giftCardBook) use(die *dice, first bool, part int64, at time.Time) int64 {
	release := first && c.n == 1
	if (first && c.n == 0) || (!release && die.chance(60)) {
		c.move(die, "drawdown", part, at, "")
		return part
	}
	reserved := c.move(die, "pending_capture", part, at, "")
	then := at.Add(die.span(5*time.Minute, 55*time.Minute))
	switch {
	case release || die.chance(30):
		c.move(die, "voided", part, then, reserved)
		return 0
	case die.chance(30) && part > 1:
		c.move(die, "drawdown", part/2, then, reserved)
		c.move(die, "voided", part-part/2, then.Add(time.Minute), reserved)
		return part / 2
	}
	c.move(die, "drawdown", part, then, reserved)
	return part
}

func (c *giftCardBook) move(die *dice, kind string, amount int64, at time.Time, parent string) string {
	m := movement{id: die.uuid(), parent: parent, kind: kind, amount: amount, at: at, ref: "ref-" + strconv.Itoa(len(c.movements)+1) + "-" + die.digits(6), by: "dintero-checkout"}
	if kind == "fund" {
		m.by = "gavekort-nettbutikk"
	} else if die.chance(50) {
		m.order = "FF" + die.digits(9)
	}
	c.movements = append(c.movements, m)
	return m.id
}

// findCard is the card if it is listed, deleted or not, else nil.
func (v view) findCard(id string) *giftCardBook {
	code, err := strconv.ParseUint(id[:min(8, len(id))], 16, 28)
	if err != nil {
		return nil
	}
	p := placeOf(uint32(code))
	today := v.dateOf(v.now)
	if p.day < today-listedDays || p.day > today {
		return nil
	}
	for _, c := range v.cards(p.day) {
		if c.id == id && !c.created.After(v.now) {
			return &c
		}
	}
	return nil
}

// listCards is GET …/wallets/cards. Its cursor is a token from the body.
func (v view) listCards(r *http.Request, faults faultSet) answer {
	q := newQuery(r)
	limit := q.limit()
	token, given := q.one("starting_after")
	deleted, _ := q.one("include_deleted", "true", "false")
	after, valid := cardOfToken(token)
	if given && (!valid || v.findCard(after) == nil) {
		q.bad("starting_after", "is no token of this listing")
	}
	if a, wrong := q.refused(); wrong {
		return a
	}
	rows := page(func(from string) iter.Seq[row] { return v.cardRows(from, deleted == "true") }, after, limit, faults)
	out := struct {
		Cards []any  `json:"cards"`
		After string `json:"starting_after,omitempty"`
	}{Cards: shown(rows)}
	if len(rows) >= limit || (len(rows) > 0 && (faults.has("loop") || faults.has("stuck"))) {
		out.After = tokenOfCard(rows[len(rows)-1].id)
	}
	return ok(out)
}

func (v view) cardRows(from string, withDeleted bool) iter.Seq[row] {
	return func(yield func(row) bool) {
		newest := v.dateOf(v.now)
		oldest := max(0, newest-listedDays)
		cursor := v.findCard(from)
		if cursor != nil {
			newest = cursor.day
		}
		for d := newest; d >= oldest; d-- {
			for _, c := range v.cards(d) {
				gone := !c.deleted.IsZero() && !c.deleted.After(v.now)
				if c.created.After(v.now) || (gone && !withDeleted) || (cursor != nil && c.day == cursor.day && c.n > cursor.n) {
					continue
				}
				if !yield(row{c.id, func() any { return v.card(&c) }}) {
					return
				}
			}
		}
	}
}

func tokenOfCard(id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"card":"` + id + `"}`))
}

func cardOfToken(token string) (id string, valid bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	id, valid = strings.CutPrefix(strings.TrimSuffix(string(raw), `"}`), `{"card":"`)
	return id, err == nil && valid
}
