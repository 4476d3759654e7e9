package sandbox

import (
	"fmt"
	"time"
)

// teller writes one transaction: who buys what where, then what becomes of it.
type teller struct {
	*books
	*dice
	tx    *transaction
	plot  plot
	begin time.Time // midnight of its day

	authorized, voided, closed bool
	captured, refunded         int64
	taken                      int // lines captured so far
}

func (t *teller) tell(at place) {
	t.begin = t.midnight(at.day)
	tx := t.tx
	tx.place, tx.key, tx.id = at, t.next(), at.id(t.seed)
	t.choose(&t.plot)
	tx.created = t.opening(t.plot)
	t.fill(t.plot)
	t.references(t.plot)
	t.play(t.plot.story)
	t.settle()
}

// choose decides what the plot leaves open.
func (t *teller) choose(p *plot) {
	if !p.laid {
		p.store, p.method = t.weighted(t.shop.storeWeights...), t.weighted(t.shop.methodWeights...)
		if t.shop.methods[p.method].inStore && p.store == webshop {
			p.store = oslo
		}
		p.hostile = t.chance(4)
	}
	tx := t.tx
	tx.store, tx.method = &t.shop.stores[p.store], &t.shop.methods[p.method]
	if p.story == byChance {
		p.story = t.chanceStory(p.method)
	}
	tx.currency = t.currency(*p)
	tx.channel, tx.operation = "ecommerce", "unscheduled_purchase"
	switch {
	case tx.method.inStore:
		tx.channel = "in_store"
	case t.chance(8):
		tx.channel = "in_app"
	}
	if !p.plain && p.store != tromso && p.sellers == 0 && !tx.method.inStore && !tx.method.gift {
		switch {
		case t.chance(8):
			p.sellers, p.first, p.form = t.between(2, 3), t.below(len(t.shop.sellers)), eventSplit+splitForm(t.below(3))
		case t.chance(4):
			tx.seller = pick(t.dice, t.shop.sellers)
		case t.chance(5):
			tx.operation = "recurring_purchase"
		}
	}
	if len(tx.method.brands) > 0 {
		tx.brand = pick(t.dice, tx.method.brands)
	}
}

func (t *teller) currency(p plot) string {
	if only := t.tx.method.currency; only != "" {
		return only
	}
	if p.store != webshop || p.plain {
		return "NOK"
	}
	return []string{"NOK", "SEK", "EUR", "ISK"}[t.weighted(74, 10, 10, 6)]
}

func (t *teller) chanceStory(method int) story {
	switch {
	case method == inPerson:
		return []story{soldNow, refundedLater, declined}[t.weighted(90, 6, 4)]
	case method == giftCard:
		return []story{soldNow, refundedLater}[t.weighted(92, 8)]
	case method == card && t.chance(3):
		return zeroAmount
	case method == walley && t.chance(25):
		return reviewed
	}
	return story(t.weighted(0, 38, 18, 0, 0, 12, 2, 3, 3, 9, 5, 4, 0, 3, 2, 2, 1))
}

// opening is when the transaction is created: within the shop's hours, in the web
// shop rarely also at night.
func (t *teller) opening(p plot) time.Time {
	length := t.midnight(t.tx.day + 1).Sub(t.begin)
	from, to := 9*time.Hour, 19*time.Hour
	switch {
	case p.laid && p.at == 0:
		return t.begin
	case p.laid:
		from, to = p.at, p.at+5*time.Minute
	case p.store == webshop && t.chance(6):
		from, to = 0, 3*time.Hour
	case p.store == webshop:
		from, to = 6*time.Hour, 24*time.Hour
	}
	after := t.span(from, to)
	if after > 4*time.Hour {
		after += length - day // by the clock on the wall, also when it is changed
	}
	return t.begin.Add(min(after, length-time.Millisecond))
}

// references are the shop's order number, and sometimes what customers and
// careless systems make of it.
func (t *teller) references(p plot) {
	tx := t.tx
	tx.ref = orderNumber(tx.place)
	if p.hostile {
		tx.ref = pick(t.dice, t.shop.hostile)
	}
	switch {
	case t.chance(30):
		tx.ref2 = fmt.Sprintf("K%s", t.digits(6))
	case t.chance(2):
		tx.ref2 = pick(t.dice, t.shop.hostile)
	}
}

// orderNumber is the merchant reference of an ordinary order; it encodes the place.
func orderNumber(p place) string {
	return fmt.Sprintf("FF%d", 100_000_000+int(p.day)*1000+p.n)
}
