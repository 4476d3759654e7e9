package sandbox

import (
	"slices"
	"time"
)

// add appends the event; an empty status is worked out from what has happened.
func (t *teller) add(e event) {
	switch {
	case e.kind == "CAPTURE" && e.success:
		t.captured += e.amount
	case e.kind == "REFUND" && e.success:
		t.refunded += e.amount
	case e.kind == "VOID" && e.success:
		t.voided = true
	}
	if e.status == "" {
		e.status = t.status()
	}
	t.tx.events = append(t.tx.events, e)
}

// status follows Dintero's meanings: captured is what was captured whole, or whose
// rest was voided or declared closed.
func (t *teller) status() string {
	settled := t.captured >= t.tx.amount || t.voided || t.closed
	switch {
	case !t.authorized:
		return "INITIATED"
	case t.captured == 0 && t.voided:
		return "AUTHORIZATION_VOIDED"
	case t.captured == 0:
		return "AUTHORIZED"
	case !settled && t.refunded == 0:
		return "PARTIALLY_CAPTURED"
	case !settled:
		return "PARTIALLY_CAPTURED_REFUNDED"
	case t.refunded == 0:
		return "CAPTURED"
	case t.refunded < t.captured:
		return "PARTIALLY_REFUNDED"
	}
	return "REFUNDED"
}

// last is the transaction's status as its latest event left it.
func (t *teller) last() string { return t.tx.events[len(t.tx.events)-1].status }

// capture takes the lines whole. Sometimes a first try fails, sometimes a request
// precedes the capture. closing declares the rest as not to come.
func (t *teller) capture(at time.Time, lines []line, closing bool) {
	e := event{kind: "CAPTURE", success: true, at: at, amount: total(lines), vat: vatOf(lines), lines: lines}
	t.dress(&e, "C")
	e.at = t.request(&e)
	t.closed = t.closed || closing
	t.taken += len(lines)
	t.add(e)
}

// request puts what precedes an operation before it and returns when it succeeds.
func (t *teller) request(e *event) time.Time {
	initiate := event{kind: "INITIATE_" + e.kind, success: true, at: e.at, amount: e.amount, vat: -1, status: t.last()}
	switch {
	case t.tx.channel == "in_store", t.tx.method.gift, t.plot.story == soldAtMidnight, t.plot.story == soldBeforeMidnight:
		return e.at
	case t.chance(4):
		bad := *e
		bad.success, bad.status, bad.code = false, t.last(), pick(t.dice, []string{"gateway_timeout", "capture_rejected", "insufficient_balance"})
		bad.remaining = remaining{capture: t.tx.amount - t.captured, refund: t.captured - t.refunded, void: t.tx.amount - t.captured}
		t.add(bad)
		return e.at.Add(t.span(time.Minute, 15*time.Minute))
	case t.chance(8):
		t.add(initiate)
		e.request = len(t.tx.events) - 1
		return e.at.Add(t.span(200*time.Millisecond, 20*time.Second))
	}
	return e.at
}

// dress gives an operation its reference, VAT and splits.
func (t *teller) dress(e *event, prefix string) {
	if t.chance(60) {
		e.ref = prefix + t.digits(7)
	}
	if t.chance(8) {
		e.vat = -1
	}
	switch t.tx.form {
	case eventSplit:
		e.splits = sumShares(e.lines)
		e.feeSplit = e.splits != nil && t.chance(50)
		e.lines = bare(e.lines)
	case lineSplit:
		e.lines = bare(e.lines)
	}
}

// refundAll gives back what is left of the captures.
func (t *teller) refundAll(at time.Time) {
	amount := t.captured - t.refunded
	whole := t.refunded == 0
	if amount <= 0 || (!whole && t.tx.form != unsplit) {
		return // what each seller gives back the second time would be anyone's guess
	}
	lines := t.tx.lines[:t.taken]
	e := event{kind: "REFUND", success: true, at: at, amount: amount, vat: ratio(vatOf(lines), amount, total(lines))}
	if whole && t.tx.form != lineSplit && !t.chance(30) {
		e.lines = lines
	}
	t.refund(e)
}

// refundLine gives back one captured line, once.
func (t *teller) refundLine(at time.Time) {
	if t.refunded > 0 || t.taken == 0 {
		return
	}
	lines := t.tx.lines[:t.taken]
	one := t.below(len(lines))
	e := event{kind: "REFUND", success: true, at: at, amount: lines[one].amount, vat: vatOf(lines[one : one+1]), lines: lines[one : one+1]}
	switch {
	case t.tx.form == lineSplit:
		e.splits, e.lines = sumShares(e.lines), nil
	case t.chance(30) && (t.tx.form == unsplit || t.taken == len(t.tx.lines)):
		e.lines = nil // the amount alone: no splits either
	}
	t.refund(e)
}

func (t *teller) refund(e event) {
	t.dress(&e, "R")
	e.at = t.request(&e)
	t.add(e)
}

func (t *teller) void(at time.Time, by string) {
	t.add(event{kind: "VOID", success: true, at: at, by: by, vat: -1})
}

// settle pays out what cards and Vipps have captured: at six in the morning, two days later.
func (t *teller) settle() {
	if !t.tx.method.settles {
		return
	}
	for i := range t.tx.events {
		e := &t.tx.events[i]
		if !e.money() || (t.tx.form != unsplit && e.kind == "REFUND") {
			continue
		}
		e.settledAt = t.midnight(t.dateOf(e.at) + 2).Add(6 * time.Hour)
		if e.kind == "CAPTURE" {
			e.fee = ratio(e.amount, 145, 10000)
		}
	}
}

func total(lines []line) int64 {
	var sum int64
	for _, l := range lines {
		sum += l.amount
	}
	return sum
}

// bare are the lines without shares.
func bare(lines []line) []line {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i].shares = nil
	}
	return lines
}
