package shop

import "time"

// live turns the scenario into events, in order of time, all within the lifetime.
func (g *generator) live(s scenario) {
	at := g.initialize()
	switch s {
	case declined, failed, unknown, abandoned:
		g.fail(at, s)
		return
	case reviewed:
		if at = g.review(at); !g.authorized {
			return
		}
		s = sold
	default:
		at = g.authorize(at)
	}
	switch s {
	case zeroAmount:
		g.void(g.officeHours(at, g.between(7, 30), g.RNG), "dintero-checkout")
	case leftOpen:
		g.leaveOpen(at)
	case cancelled:
		g.void(at.Add(g.Duration(20*time.Minute, 5*time.Hour)), "")
	case inParts, partThenVoid, partRefunded:
		g.parts(at, s)
	default:
		g.sell(at, s)
	}
}

// initialize is the customer's arrival; the authorisation follows within a minute.
func (g *generator) initialize() time.Time {
	name := "INITIALIZE"
	if g.Chance(20) {
		name = "INITIATE" // as in Dintero's published example
	}
	g.add(Event{Type: name, Status: "INITIATED", Success: true, At: g.tx.Created})
	return g.tx.Created.Add(g.Duration(300*time.Millisecond, 55*time.Second))
}

func (g *generator) authorize(at time.Time) time.Time {
	g.authorized = true
	g.add(Event{Type: "AUTHORIZE", Success: true, At: at})
	return at
}

// review is Walley's: held without an authorisation, then approved, refused or —
// now and then — held although authorised.
func (g *generator) review(at time.Time) time.Time {
	if g.Chance(15) {
		g.authorized = true
		g.add(Event{Type: "AUTHORIZE", Status: "ON_HOLD", Success: true, At: at})
		return g.officeHours(at, g.between(1, 4), g.RNG)
	}
	g.add(Event{Type: "INITIALIZE", Status: "ON_HOLD", Success: true, At: at})
	at = g.officeHours(at, g.between(1, 5), g.RNG)
	if g.Chance(25) {
		g.add(Event{Type: "AUTHORIZE", Status: "DECLINED", At: at, ErrorCode: "application_rejected"})
		return at
	}
	return g.authorize(at)
}

func (g *generator) fail(at time.Time, s scenario) {
	switch s {
	case declined:
		g.add(Event{Type: "AUTHORIZE", Status: "DECLINED", At: at, ErrorCode: Pick(g.RNG, []string{"insufficient_funds", "card_declined", "authentication_rejected"})})
	case failed:
		g.add(Event{Type: "AUTHORIZE", Status: "FAILED", At: at, ErrorCode: "gateway_error"})
	case unknown:
		g.add(Event{Type: "AUTHORIZE", Status: "UNKNOWN", At: at, ErrorCode: "gateway_timeout"})
	default:
		g.add(Event{Type: "AUTHORIZE", Status: "FAILED", At: g.tx.Created.Add(g.Duration(time.Hour, 30*time.Hour)), ErrorCode: "session_expired"})
	}
}

// leaveOpen is an authorisation that nobody captures for weeks; some are captured
// at last, the others Dintero voids when they expire.
func (g *generator) leaveOpen(at time.Time) {
	if !g.plan.fixed && g.Chance(30) {
		g.capture(g.officeHours(at, g.between(10, 60), g.RNG), g.tx.Lines, false)
		return
	}
	days := Pick(g.RNG, []int{28, 30, 60, 90, 120, 178})
	g.void(g.officeHours(at, days, g.RNG), "dintero-checkout")
}

func (g *generator) sell(at time.Time, s scenario) {
	when := at
	switch {
	case g.tx.Channel == "in_store" || g.tx.Method.Gift:
		when = at.Add(time.Second)
	case s == soldAtMidnight:
		when = g.Midnight(g.tx.Day + 1)
	case s == soldBeforeMidnight:
		when = g.Midnight(g.tx.Day + 1).Add(-time.Millisecond)
	case s == soldNow, s == refundedNow:
		when = at.Add(g.Duration(time.Minute, 150*time.Minute))
	default:
		when = g.officeHours(at, g.between(1, 3), g.RNG)
	}
	lines := g.tx.Lines
	closing := g.tx.Shipped && len(lines) > 1 && g.tx.Split == Unsplit && g.Chance(8)
	if closing {
		lines = lines[:len(lines)-1] // the shipping is never captured, as in the published example
	}
	g.capture(when, lines, closing)
	switch s {
	case refundedNow:
		g.refundLine(when.Add(g.Duration(20*time.Minute, 4*time.Hour)))
	case refundedLater:
		g.refundLater(when)
	default:
		if g.Chance(4) {
			g.refundLater(when)
		}
	}
}

// parts captures the lines one after the other, over days; what is left is
// captured, voided, or refunded before it is.
func (g *generator) parts(at time.Time, s scenario) {
	lines := g.tx.Lines
	first := 1 + g.Below(len(lines)-1)
	at = g.officeHours(at, g.between(0, 2)+1, g.RNG)
	g.capture(at, lines[:first], false)
	if s == partRefunded {
		at = g.officeHours(at, g.between(1, 20), g.RNG)
		g.refundLine(at)
	}
	at = g.officeHours(at, g.between(1, 9), g.RNG)
	if s == partThenVoid {
		g.void(at, "")
		return
	}
	if rest := lines[first:]; len(rest) > 1 && g.Chance(50) {
		g.capture(at, rest[:1], false)
		first++
		at = g.officeHours(at, g.between(1, 9), g.RNG)
	}
	g.capture(at, lines[first:], false)
	if g.Chance(15) {
		g.refundLater(at)
	}
}

// refundLater gives back all or a line, hours to sixty days later, sometimes twice.
func (g *generator) refundLater(at time.Time) {
	if g.Chance(25) {
		at = at.Add(g.Duration(2*time.Hour, 5*time.Hour))
	} else {
		at = g.officeHours(at, g.between(1, 59), g.RNG)
	}
	if g.Chance(50) {
		g.refundAll(at)
		return
	}
	g.refundLine(at)
	if g.Chance(20) {
		g.refundAll(g.officeHours(at, g.between(1, 20), g.RNG))
	}
}
