package sandbox

import "strconv"

// fill puts goods on the transaction, shares them among the sellers and adds up.
func (t *teller) fill(p plot) {
	tx := t.tx
	if p.story == zeroAmount {
		tx.method = &method{product: "dintero", kind: "dintero.zero"}
		tx.operation, tx.brand, tx.seller = "generate_payment_token", "", ""
		tx.currency = "NOK"
		return
	}
	n := 1 + t.weighted(40, 30, 18, 8, 4)
	if p.story == inParts || p.story == partThenVoid || p.story == partRefunded {
		n = max(n, 2+t.below(2))
	}
	for i := range n {
		tx.lines = append(tx.lines, t.line(i+1))
	}
	splits := p.sellers > 0
	online := tx.channel != "in_store" && !tx.method.gift
	if online && p.form != lineSplit && t.chance(35) {
		tx.shipped = true
		tx.lines = append(tx.lines, line{id: "bring-pick-up-00001-location-" + t.digits(5), quantity: 1000, amount: t.price(3900 + int64(t.below(4))*2000), vat: 25})
	}
	if splits {
		tx.form = p.form
		t.divide(p)
	}
	for i := range tx.lines {
		tx.amount += tx.lines[i].amount
	}
	switch {
	case tx.method.gift:
		tx.gift = tx.amount
	case !splits && online && t.chance(3):
		tx.gift = min(t.price(20000), tx.amount/2)
	}
	if tx.currency != "NOK" && tx.gift > 0 {
		tx.gift = 0
	}
}

func (t *teller) line(nr int) line {
	g := &t.shop.goods[t.below(len(t.shop.goods))]
	quantity := int64(1+t.weighted(60, 25, 10, 5)) * 1000
	if g.byWeight {
		quantity = []int64{250, 500, 750, 1000, 1200, 1500, 2000, 2500}[t.below(8)]
	}
	return line{id: strconv.Itoa(nr), good: g, quantity: quantity, amount: max(1, ratio(t.price(g.price), quantity, 1000)), vat: g.vat}
}

// price is a price in øre in the minor units of the transaction's currency; an
// Icelandic króna has none below it.
func (t *teller) price(ore int64) int64 {
	switch t.tx.currency {
	case "SEK":
		return ratio(ore, 98, 100)
	case "EUR":
		return ratio(ore, 10, 115)
	case "ISK":
		return ratio(ore, 13, 100)
	}
	return ore
}

// divide shares each line among the sellers: whole lines to one, or a line to all.
// The shares of a line sum to it.
func (t *teller) divide(p plot) {
	sellers := make([]string, p.sellers)
	for i := range sellers {
		sellers[i] = t.shop.sellers[(p.first+i)%len(t.shop.sellers)]
	}
	for i := range t.tx.lines {
		l := &t.tx.lines[i]
		if i > 0 && t.chance(40) {
			l.shares = []share{{sellers[i%len(sellers)], l.amount}}
			continue
		}
		left := l.amount
		for k, s := range sellers {
			part := left
			if k < len(sellers)-1 {
				part = ratio(l.amount, int64(t.between(20, 45)), 100)
			}
			part = min(part, left)
			left -= part
			l.shares = append(l.shares, share{s, part})
		}
	}
}

// ratio is amount × part / whole, rounded half up; nothing here is negative.
func ratio(amount, part, whole int64) int64 { return (amount*part + whole/2) / whole }

// vatOf is the VAT contained in the lines, each rounded on its own.
func vatOf(lines []line) int64 {
	var sum int64
	for _, l := range lines {
		sum += ratio(l.amount, int64(l.vat), int64(100+l.vat))
	}
	return sum
}

// sumShares adds the lines' shares up by seller, in the order they first occur.
func sumShares(lines []line) []share {
	var sums []share
	for _, l := range lines {
	next:
		for _, s := range l.shares {
			for i := range sums {
				if sums[i].PayoutDestination == s.PayoutDestination {
					sums[i].Amount += s.Amount
					continue next
				}
			}
			sums = append(sums, s)
		}
	}
	return sums
}
