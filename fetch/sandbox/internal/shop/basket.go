package shop

import (
	"slices"
	"strconv"
)

// A basket is filled with what a transaction buys.
type basket struct{ *generator }

// fill puts goods on the transaction, shares them among the sellers and adds up.
func (g basket) fill(p plan) {
	tx := g.tx
	if p.scenario == zeroAmount {
		tx.Method = &Method{Product: "dintero", Type: "dintero.zero"}
		tx.Operation, tx.Brand, tx.Seller = "generate_payment_token", "", ""
		tx.Currency = "NOK"
		return
	}
	n := 1 + g.weighted(40, 30, 18, 8, 4)
	if p.scenario == inParts || p.scenario == partThenVoid || p.scenario == partRefunded {
		n = max(n, 2+g.Below(2))
	}
	for i := range n {
		tx.Lines = append(tx.Lines, g.line(i+1))
	}
	splits := p.sellers > 0
	online := tx.Channel != "in_store" && !tx.Method.Gift
	if online && p.split != LineSplit && g.Chance(35) {
		tx.Shipped = true
		tx.Lines = append(tx.Lines, Line{ID: "bring-pick-up-00001-location-" + g.Digits(5), Quantity: 1000, Amount: g.price(3900 + int64(g.Below(4))*2000), VAT: 25})
	}
	if splits {
		tx.Split = p.split
		g.divide(p)
	}
	for i := range tx.Lines {
		tx.Amount += tx.Lines[i].Amount
	}
	switch {
	case tx.Method.Gift:
		tx.Gift = tx.Amount
	case !splits && online && g.Chance(3):
		tx.Gift = min(g.price(20000), tx.Amount/2)
	}
	if tx.Currency != "NOK" && tx.Gift > 0 {
		tx.Gift = 0
	}
}

func (g basket) line(nr int) Line {
	a := &g.articles[g.Below(len(g.articles))]
	quantity := int64(1+g.weighted(60, 25, 10, 5)) * 1000
	if a.byWeight {
		quantity = []int64{250, 500, 750, 1000, 1200, 1500, 2000, 2500}[g.Below(8)]
	}
	return Line{ID: strconv.Itoa(nr), Article: a, Quantity: quantity, Amount: max(1, Ratio(g.price(a.price), quantity, 1000)), VAT: a.vat}
}

// price is a price in øre in the minor units of the transaction's currency; an
// Icelandic króna has none below it.
func (g basket) price(ore int64) int64 {
	switch g.tx.Currency {
	case "SEK":
		return Ratio(ore, 98, 100)
	case "EUR":
		return Ratio(ore, 10, 115)
	case "ISK":
		return Ratio(ore, 13, 100)
	}
	return ore
}

// divide shares each line among the sellers: whole lines to one, or a line to all.
// The shares of a line sum to it.
func (g basket) divide(p plan) {
	sellers := make([]string, p.sellers)
	for i := range sellers {
		sellers[i] = g.Sellers[(p.first+i)%len(g.Sellers)]
	}
	for i := range g.tx.Lines {
		l := &g.tx.Lines[i]
		if i > 0 && g.Chance(40) {
			l.Shares = []Share{{sellers[i%len(sellers)], l.Amount}}
			continue
		}
		left := l.Amount
		for k, s := range sellers {
			part := left
			if k < len(sellers)-1 {
				part = Ratio(l.Amount, int64(g.between(20, 45)), 100)
			}
			part = min(part, left)
			left -= part
			l.Shares = append(l.Shares, Share{s, part})
		}
	}
}

// Ratio is amount × part / whole, rounded half up; nothing here is negative.
func Ratio(amount, part, whole int64) int64 { return (amount*part + whole/2) / whole }

// VATAmount is the VAT contained in the line, minor units.
func (l *Line) VATAmount() int64 { return Ratio(l.Amount, int64(l.VAT), int64(100+l.VAT)) }

// VATOf is the VAT contained in the lines, each rounded on its own.
func VATOf(lines []Line) int64 {
	var sum int64
	for i := range lines {
		sum += lines[i].VATAmount()
	}
	return sum
}

// SumShares adds the lines' shares up by seller, in the order they first occur.
func SumShares(lines []Line) []Share {
	var sums []Share
	for _, l := range lines {
		for _, s := range l.Shares {
			i := slices.IndexFunc(sums, func(sum Share) bool { return sum.PayoutDestination == s.PayoutDestination })
			if i < 0 {
				sums = append(sums, s)
			} else {
				sums[i].Amount += s.Amount
			}
		}
	}
	return sums
}
