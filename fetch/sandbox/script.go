package sandbox

import "time"

// plot is what is laid down of a transaction; the zero plot leaves all to chance.
type plot struct {
	laid    bool
	store   int
	method  int
	at      time.Duration // created, after midnight; 0 is midnight itself
	story   story
	sellers int // split between this many, from seller first
	first   int
	form    splitForm
	hostile bool
	plain   bool // ordinary reference, NOK, no split
}

// story is how a transaction goes.
type story int

const (
	byChance story = iota
	sold           // captured whole, at once or some days later
	soldNow        // captured whole the same day
	soldAtMidnight
	soldBeforeMidnight
	inParts
	partThenVoid
	partRefunded // refunded in part while something is left to capture
	refundedNow
	refundedLater
	leftOpen
	cancelled
	reviewed // ON_HOLD at Walley
	declined
	failed
	abandoned
	unknown
	zeroAmount
)

// victim is the transaction of a day that drop, double and altered bend: the
// first of the script, captured at sc029 the same day.
const victim = 0

// script is what every day has, whatever chance brings: a capture in every store
// and for every seller, a refund, an open authorisation, a cancellation, a hostile
// reference, something at midnight.
func (b *books) script(d date) []plot {
	p := []plot{{laid: true, plain: true, store: oslo, method: card, at: 12 * time.Hour, story: soldNow}}
	for s := bergen; s <= webshop; s++ {
		p = append(p, plot{laid: true, plain: true, store: s, method: []int{card, vipps, applePay, pspVipps}[(int(d)+s)%4], at: 11*time.Hour + time.Duration(s)*37*time.Minute, story: soldNow})
	}
	p = append(p,
		plot{laid: true, plain: true, store: oslo, method: vipps, at: 10 * time.Hour, story: refundedNow},
		plot{laid: true, plain: true, store: oslo, method: card, at: 13 * time.Hour, story: leftOpen},
		plot{laid: true, plain: true, store: webshop, method: klarna, at: 14 * time.Hour, story: cancelled},
		plot{laid: true, store: oslo, method: card, at: 15 * time.Hour, story: soldNow, hostile: true},
		b.midnightPlot(d),
	)
	for i := range b.shop.sellers {
		p = append(p, plot{laid: true, store: []int{oslo, webshop, bergen, trondheim}[(int(d)+i)%4], method: card, at: 9*time.Hour + time.Duration(i)*29*time.Minute,
			story: soldNow, sellers: 2 + (int(d)+i)%2, first: i, form: eventSplit + splitForm((int(d)+i)%3)})
	}
	return p
}

func (b *books) midnightPlot(d date) plot {
	p := plot{laid: true, plain: true, store: webshop, method: card}
	switch d % 4 {
	case 0:
		p.at, p.story = 0, soldNow
	case 1:
		p.at, p.story = 23*time.Hour+50*time.Minute, soldAtMidnight
	case 2:
		p.at, p.story = 23*time.Hour+50*time.Minute, soldBeforeMidnight
	default:
		p.at, p.story = 2*time.Hour+30*time.Minute, soldNow // twice a year in the hour that is skipped or repeated
	}
	return p
}
