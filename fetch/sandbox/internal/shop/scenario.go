package shop

import "time"

// plan is what is decided of a transaction in advance; the zero plan leaves all to chance.
type plan struct {
	fixed    bool
	store    int
	method   int
	at       time.Duration // created, after midnight; 0 is midnight itself
	scenario scenario
	sellers  int // split between this many, from seller first
	first    int
	split    SplitForm
	hostile  bool
	plain    bool // ordinary reference, NOK, no split
}

// scenario is how a transaction goes.
type scenario int

const (
	byChance scenario = iota
	sold              // captured whole, at once or some days later
	soldNow           // captured whole the same day
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

// FaultTarget is the transaction of a day that some of the sandbox's faults change: the first
// that is planned, captured at sc029 the same day.
const FaultTarget = 0

// dayPlans is what every day has, whatever chance brings: a capture in every store
// and for every seller, a refund, an open authorisation, a cancellation, a hostile
// reference, something at midnight.
func (s *Shop) dayPlans(d Date) []plan {
	p := []plan{{fixed: true, plain: true, store: oslo, method: card, at: 12 * time.Hour, scenario: soldNow}}
	for at := bergen; at <= webshop; at++ {
		p = append(p, plan{fixed: true, plain: true, store: at, method: []int{card, vipps, applePay, pspVipps}[(int(d)+at)%4], at: 11*time.Hour + time.Duration(at)*37*time.Minute, scenario: soldNow})
	}
	p = append(p,
		plan{fixed: true, plain: true, store: oslo, method: vipps, at: 10 * time.Hour, scenario: refundedNow},
		plan{fixed: true, plain: true, store: oslo, method: card, at: 13 * time.Hour, scenario: leftOpen},
		plan{fixed: true, plain: true, store: webshop, method: klarna, at: 14 * time.Hour, scenario: cancelled},
		plan{fixed: true, store: oslo, method: card, at: 15 * time.Hour, scenario: soldNow, hostile: true},
		s.midnightPlan(d),
	)
	for i := range s.Sellers {
		p = append(p, plan{fixed: true, store: []int{oslo, webshop, bergen, trondheim}[(int(d)+i)%4], method: card, at: 9*time.Hour + time.Duration(i)*29*time.Minute,
			scenario: soldNow, sellers: 2 + (int(d)+i)%2, first: i, split: EventSplit + SplitForm((int(d)+i)%3)})
	}
	return p
}

func (s *Shop) midnightPlan(d Date) plan {
	p := plan{fixed: true, plain: true, store: webshop, method: card}
	switch d % 4 {
	case 0:
		p.at, p.scenario = 0, soldNow
	case 1:
		p.at, p.scenario = 23*time.Hour+50*time.Minute, soldAtMidnight
	case 2:
		p.at, p.scenario = 23*time.Hour+50*time.Minute, soldBeforeMidnight
	default:
		p.at, p.scenario = 2*time.Hour+30*time.Minute, soldNow // twice a year in the hour that is skipped or repeated
	}
	return p
}
