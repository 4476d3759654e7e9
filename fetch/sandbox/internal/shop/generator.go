package shop

import (
	"fmt"
	"time"
)

// generator makes one transaction: who buys what where, then what becomes of it.
type generator struct {
	*Shop
	*RNG
	tx    *Transaction
	plan  plan
	begin time.Time // midnight of its day

	authorized, voided, closed bool
	captured, refunded         int64
	taken                      int // lines captured so far
}

func (g *generator) generate(at Serial) {
	g.begin = g.Midnight(at.Day)
	tx := g.tx
	tx.Serial, tx.Key, tx.ID = at, g.Next(), at.TransactionID(g.Seed)
	g.choose(&g.plan)
	tx.Created = g.openingTime(g.plan)
	basket{g}.fill(g.plan)
	g.references(g.plan)
	g.live(g.plan.scenario)
	g.settle(tx)
}

// choose decides what the plan leaves open.
func (g *generator) choose(p *plan) {
	if !p.fixed {
		p.store, p.method = g.weighted(g.storeWeights...), g.weighted(g.methodWeights...)
		if g.methods[p.method].inStore && p.store == webshop {
			p.store = oslo
		}
		p.hostile = g.Chance(4)
	}
	tx := g.tx
	tx.Store, tx.Method = &g.Stores[p.store], &g.methods[p.method]
	if p.scenario == byChance {
		p.scenario = g.chanceScenario(p.method)
	}
	tx.Currency = g.currency(*p)
	tx.Channel, tx.Operation = "ecommerce", "unscheduled_purchase"
	switch {
	case tx.Method.inStore:
		tx.Channel = "in_store"
	case g.Chance(8):
		tx.Channel = "in_app"
	}
	if !p.plain && p.store != tromso && p.sellers == 0 && !tx.Method.inStore && !tx.Method.Gift {
		switch {
		case g.Chance(8):
			p.sellers, p.first, p.split = g.between(2, 3), g.Below(len(g.Sellers)), EventSplit+SplitForm(g.Below(3))
		case g.Chance(4):
			tx.Seller = Pick(g.RNG, g.Sellers)
		case g.Chance(5):
			tx.Operation = "recurring_purchase"
		}
	}
	if len(tx.Method.brands) > 0 {
		tx.Brand = Pick(g.RNG, tx.Method.brands)
	}
}

func (g *generator) currency(p plan) string {
	if only := g.tx.Method.currency; only != "" {
		return only
	}
	if p.store != webshop || p.plain {
		return "NOK"
	}
	return []string{"NOK", "SEK", "EUR", "ISK"}[g.weighted(74, 10, 10, 6)]
}

func (g *generator) chanceScenario(method int) scenario {
	switch {
	case method == inPerson:
		return []scenario{soldNow, refundedLater, declined}[g.weighted(90, 6, 4)]
	case method == giftCard:
		return []scenario{soldNow, refundedLater}[g.weighted(92, 8)]
	case method == card && g.Chance(3):
		return zeroAmount
	case method == walley && g.Chance(25):
		return reviewed
	}
	return scenario(g.weighted(0, 38, 18, 0, 0, 12, 2, 3, 3, 9, 5, 4, 0, 3, 2, 2, 1))
}

// openingTime is when the transaction is created: within the shop's hours, in the web
// shop rarely also at night.
func (g *generator) openingTime(p plan) time.Time {
	length := g.Midnight(g.tx.Day + 1).Sub(g.begin)
	from, to := 9*time.Hour, 19*time.Hour
	switch {
	case p.fixed && p.at == 0:
		return g.begin
	case p.fixed:
		from, to = p.at, p.at+5*time.Minute
	case p.store == webshop && g.Chance(6):
		from, to = 0, 3*time.Hour
	case p.store == webshop:
		from, to = 6*time.Hour, 24*time.Hour
	}
	after := g.Duration(from, to)
	if after > 4*time.Hour {
		after += length - day // by the clock on the wall, also when it is changed
	}
	return g.begin.Add(min(after, length-time.Millisecond))
}

// references are the shop's order number, and sometimes what customers and
// careless systems make of it.
func (g *generator) references(p plan) {
	tx := g.tx
	tx.Reference = tx.orderNumber()
	if p.hostile {
		tx.Reference = Pick(g.RNG, g.Hostile)
	}
	switch {
	case g.Chance(30):
		tx.Reference2 = fmt.Sprintf("K%s", g.Digits(6))
	case g.Chance(2):
		tx.Reference2 = Pick(g.RNG, g.Hostile)
	}
}
