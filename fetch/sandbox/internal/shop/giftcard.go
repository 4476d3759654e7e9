package shop

import (
	"fmt"
	"strconv"
	"time"
)

// GiftCard is a gift card with its whole future.
type GiftCard struct {
	Serial
	ID        string
	Created   time.Time
	Currency  string
	Amount    int64 // minor units
	Credit    bool  // a credit note
	Deleted   time.Time
	Movements []Movement // in order of time
}

// Movement is one on a gift card: fund, drawdown, pending_capture or voided.
type Movement struct {
	ID, Parent, Type, Reference, By, Order string
	Amount                                 int64 // minor units, not negative
	At                                     time.Time
}

// GiftCards are the gift cards issued on d, newest first. Every day one is used at
// once, and one is reserved and released.
func (s *Shop) GiftCards(d Date) []*GiftCard {
	if d < 0 {
		return nil
	}
	n := 3 + NewRNG(s.Seed, uint64(d), 0x6c).Below(2)
	cards := make([]*GiftCard, n)
	for i := range cards {
		cards[n-1-i] = s.makeGiftCard(Serial{d, i})
	}
	return cards
}

func (s *Shop) makeGiftCard(at Serial) *GiftCard {
	rng := NewRNG(s.Seed, uint64(at.Day), uint64(at.N), 0x6d)
	c := &GiftCard{Serial: at, ID: fmt.Sprintf("%08x", at.code()) + rng.UUID()[8:], Credit: rng.Chance(15)}
	c.Created = s.Midnight(at.Day).Add(time.Duration(9+2*at.N)*time.Hour + rng.Duration(0, 100*time.Minute))
	c.Currency = []string{"NOK", "SEK", "EUR"}[rng.weighted(80, 10, 10)]
	c.Amount = Pick(rng, []int64{20000, 25000, 30000, 50000, 100000, 75050})
	if c.Currency == "EUR" {
		c.Amount /= 10
	}
	c.move(rng, "fund", c.Amount, c.Created.Add(time.Second), "")
	left, when := c.Amount, c.Created
	for use := range 1 + rng.Below(3) {
		when = when.Add(rng.Duration(time.Hour, 14*day))
		if use == 0 && at.N < 2 {
			when = c.Created.Add(rng.Duration(10*time.Minute, 2*time.Hour))
		}
		part := min(left, c.Amount*int64(rng.between(15, 70))/100)
		if part == 0 {
			break
		}
		left -= c.use(rng, use == 0, part, when)
	}
	if last := c.Movements[len(c.Movements)-1].At; at.N > 1 && rng.Chance(15) {
		c.Deleted = last.Add(rng.Duration(time.Hour, 5*day))
	}
	return c
}

// use draws part of the card and returns what was really drawn: directly, or by a
// reservation that is captured whole, captured in part and released, or released.
func (c *GiftCard) use(rng *RNG, first bool, part int64, at time.Time) int64 {
	release := first && c.N == 1
	if (first && c.N == 0) || (!release && rng.Chance(60)) {
		c.move(rng, "drawdown", part, at, "")
		return part
	}
	reserved := c.move(rng, "pending_capture", part, at, "")
	then := at.Add(rng.Duration(5*time.Minute, 55*time.Minute))
	switch {
	case release || rng.Chance(30):
		c.move(rng, "voided", part, then, reserved)
		return 0
	case rng.Chance(30) && part > 1:
		c.move(rng, "drawdown", part/2, then, reserved)
		c.move(rng, "voided", part-part/2, then.Add(time.Minute), reserved)
		return part / 2
	}
	c.move(rng, "drawdown", part, then, reserved)
	return part
}

func (c *GiftCard) move(rng *RNG, kind string, amount int64, at time.Time, parent string) string {
	m := Movement{
		ID: rng.UUID(), Parent: parent, Type: kind, Amount: amount, At: at,
		Reference: "ref-" + strconv.Itoa(len(c.Movements)+1) + "-" + rng.Digits(6), By: "dintero-checkout",
	}
	if kind == "fund" {
		m.By = "gavekort-nettbutikk"
	} else if rng.Chance(50) {
		m.Order = "FF" + rng.Digits(9)
	}
	c.Movements = append(c.Movements, m)
	return m.ID
}

// Visible are the movements up to now.
func (c *GiftCard) Visible(now time.Time) []Movement {
	n := len(c.Movements)
	for n > 0 && c.Movements[n-1].At.After(now) {
		n--
	}
	return c.Movements[:n]
}

// IsDeleted reports whether the card has been deleted.
func (c *GiftCard) IsDeleted(now time.Time) bool {
	return !c.Deleted.IsZero() && !c.Deleted.After(now)
}
