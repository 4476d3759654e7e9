package sandbox

import "time"

// play turns the story into events, in order of time, all within the lifetime.
func (t *teller) play(s story) {
	at := t.initialize()
	switch s {
	case declined, failed, unknown, abandoned:
		t.fail(at, s)
		return
	case reviewed:
		if at = t.review(at); !t.authorized {
			return
		}
		s = sold
	default:
		at = t.authorize(at)
	}
	switch s {
	case zeroAmount:
		t.void(t.office(at, t.between(7, 30), t.dice), "dintero-checkout")
	case leftOpen:
		t.leaveOpen(at)
	case cancelled:
		t.void(at.Add(t.span(20*time.Minute, 5*time.Hour)), "")
	case inParts, partThenVoid, partRefunded:
		t.parts(at, s)
	default:
		t.sell(at, s)
	}
}

// initialize is the customer's arrival; the authorisation follows within a minute.
func (t *teller) initialize() time.Time {
	name := "INITIALIZE"
	if t.chance(20) {
		name = "INITIATE" // as in Dintero's published example
	}
	t.add(event{kind: name, status: "INITIATED", success: true, at: t.tx.created})
	return t.tx.created.Add(t.span(300*time.Millisecond, 55*time.Second))
}

func (t *teller) authorize(at time.Time) time.Time {
	t.authorized = true
	t.add(event{kind: "AUTHORIZE", success: true, at: at})
	return at
}

// review is Walley's: held without an authorisation, then approved, refused or —
// now and then — held although authorised.
func (t *teller) review(at time.Time) time.Time {
	if t.chance(15) {
		t.authorized = true
		t.add(event{kind: "AUTHORIZE", status: "ON_HOLD", success: true, at: at})
		return t.office(at, t.between(1, 4), t.dice)
	}
	t.add(event{kind: "INITIALIZE", status: "ON_HOLD", success: true, at: at})
	at = t.office(at, t.between(1, 5), t.dice)
	if t.chance(25) {
		t.add(event{kind: "AUTHORIZE", status: "DECLINED", at: at, code: "application_rejected"})
		return at
	}
	return t.authorize(at)
}

func (t *teller) fail(at time.Time, s story) {
	switch s {
	case declined:
		t.add(event{kind: "AUTHORIZE", status: "DECLINED", at: at, code: pick(t.dice, []string{"insufficient_funds", "card_declined", "authentication_rejected"})})
	case failed:
		t.add(event{kind: "AUTHORIZE", status: "FAILED", at: at, code: "gateway_error"})
	case unknown:
		t.add(event{kind: "AUTHORIZE", status: "UNKNOWN", at: at, code: "gateway_timeout"})
	default:
		t.add(event{kind: "AUTHORIZE", status: "FAILED", at: t.tx.created.Add(t.span(time.Hour, 30*time.Hour)), code: "session_expired"})
	}
}

// leaveOpen is an authorisation that nobody captures for weeks; some are captured
// at last, the others Dintero voids when they expire.
func (t *teller) leaveOpen(at time.Time) {
	if !t.plot.laid && t.chance(30) {
		t.capture(t.office(at, t.between(10, 60), t.dice), t.tx.lines, false)
		return
	}
	days := pick(t.dice, []int{28, 30, 60, 90, 120, 178})
	t.void(t.office(at, days, t.dice), "dintero-checkout")
}

func (t *teller) sell(at time.Time, s story) {
	when := at
	switch {
	case t.tx.channel == "in_store" || t.tx.method.gift:
		when = at.Add(time.Second)
	case s == soldAtMidnight:
		when = t.midnight(t.tx.day + 1)
	case s == soldBeforeMidnight:
		when = t.midnight(t.tx.day + 1).Add(-time.Millisecond)
	case s == soldNow, s == refundedNow:
		when = at.Add(t.span(time.Minute, 150*time.Minute))
	default:
		when = t.office(at, t.between(1, 3), t.dice)
	}
	lines := t.tx.lines
	closing := t.tx.shipped && len(lines) > 1 && t.tx.form == unsplit && t.chance(8)
	if closing {
		lines = lines[:len(lines)-1] // the shipping is never captured, as in the published example
	}
	t.capture(when, lines, closing)
	switch s {
	case refundedNow:
		t.refundLine(when.Add(t.span(20*time.Minute, 4*time.Hour)))
	case refundedLater:
		t.refundLater(when)
	default:
		if t.chance(4) {
			t.refundLater(when)
		}
	}
}

// parts captures the lines one after the other, over days; what is left is
// captured, voided, or refunded before it is.
func (t *teller) parts(at time.Time, s story) {
	lines := t.tx.lines
	first := 1 + t.below(len(lines)-1)
	at = t.office(at, t.between(0, 2)+1, t.dice)
	t.capture(at, lines[:first], false)
	if s == partRefunded {
		at = t.office(at, t.between(1, 20), t.dice)
		t.refundLine(at)
	}
	at = t.office(at, t.between(1, 9), t.dice)
	if s == partThenVoid {
		t.void(at, "")
		return
	}
	if rest := lines[first:]; len(rest) > 1 && t.chance(50) {
		t.capture(at, rest[:1], false)
		first++
		at = t.office(at, t.between(1, 9), t.dice)
	}
	t.capture(at, lines[first:], false)
	if t.chance(15) {
		t.refundLater(at)
	}
}

// refundLater gives back all or a line, hours to sixty days later, sometimes twice.
func (t *teller) refundLater(at time.Time) {
	if t.chance(25) {
		at = at.Add(t.span(2*time.Hour, 5*time.Hour))
	} else {
		at = t.office(at, t.between(1, 59), t.dice)
	}
	if t.chance(50) {
		t.refundAll(at)
		return
	}
	t.refundLine(at)
	if t.chance(20) {
		t.refundAll(t.office(at, t.between(1, 20), t.dice))
	}
}
