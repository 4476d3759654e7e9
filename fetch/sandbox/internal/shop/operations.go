package shop

import (
	"slices"
	"time"
)

// add appends the event; an empty status is worked out from what has happened.
func (g *generator) add(e Event) {
	switch {
	case e.Type == "CAPTURE" && e.Success:
		g.captured += e.Amount
	case e.Type == "REFUND" && e.Success:
		g.refunded += e.Amount
	case e.Type == "VOID" && e.Success:
		g.voided = true
	}
	if e.Status == "" {
		e.Status = g.status()
	}
	g.tx.Events = append(g.tx.Events, e)
}

// status follows Dintero's meanings: captured is what was captured whole, or whose
// rest was voided or declared closed.
func (g *generator) status() string {
	settled := g.captured >= g.tx.Amount || g.voided || g.closed
	switch {
	case !g.authorized:
		return "INITIATED"
	case g.captured == 0 && g.voided:
		return "AUTHORIZATION_VOIDED"
	case g.captured == 0:
		return "AUTHORIZED"
	case !settled && g.refunded == 0:
		return "PARTIALLY_CAPTURED"
	case !settled:
		return "PARTIALLY_CAPTURED_REFUNDED"
	case g.refunded == 0:
		return "CAPTURED"
	case g.refunded < g.captured:
		return "PARTIALLY_REFUNDED"
	}
	return "REFUNDED"
}

// last is the transaction's status as its latest event left it.
func (tx *Transaction) lastStatus() string { return tx.Events[len(tx.Events)-1].Status }

// capture takes the lines whole. Sometimes a first try fails, sometimes a request
// precedes the capture. closing declares the rest as not to come.
func (g *generator) capture(at time.Time, lines []Line, closing bool) {
	e := Event{Type: "CAPTURE", Success: true, At: at, Amount: total(lines), VAT: VATOf(lines), Lines: lines}
	g.annotate(&e, "C")
	e.At = g.request(&e)
	g.closed = g.closed || closing
	g.taken += len(lines)
	g.add(e)
}

// request puts what precedes an operation before it and returns when it succeeds.
func (g *generator) request(e *Event) time.Time {
	initiate := Event{Type: "INITIATE_" + e.Type, Success: true, At: e.At, Amount: e.Amount, VAT: -1, Status: g.tx.lastStatus()}
	switch {
	case g.tx.Channel == "in_store", g.tx.Method.Gift, g.plan.scenario == soldAtMidnight, g.plan.scenario == soldBeforeMidnight:
		return e.At
	case g.Chance(4):
		bad := *e
		bad.Success, bad.Status, bad.ErrorCode = false, g.tx.lastStatus(), Pick(g.RNG, []string{"gateway_timeout", "capture_rejected", "insufficient_balance"})
		bad.Remaining = Remaining{Capture: g.tx.Amount - g.captured, Refund: g.captured - g.refunded, Void: g.tx.Amount - g.captured}
		g.add(bad)
		return e.At.Add(g.Duration(time.Minute, 15*time.Minute))
	case g.Chance(8):
		g.add(initiate)
		e.Request = len(g.tx.Events) - 1
		return e.At.Add(g.Duration(200*time.Millisecond, 20*time.Second))
	}
	return e.At
}

// annotate gives an operation its reference, VAT and splits.
func (g *generator) annotate(e *Event, prefix string) {
	if g.Chance(60) {
		e.Reference = prefix + g.Digits(7)
	}
	if g.Chance(8) {
		e.VAT = -1
	}
	switch g.tx.Split {
	case EventSplit:
		e.Splits = SumShares(e.Lines)
		e.FeeSplit = e.Splits != nil && g.Chance(50)
		e.Lines = withoutShares(e.Lines)
	case LineSplit:
		e.Lines = withoutShares(e.Lines)
	}
}

// refundAll gives back what is left of the captures.
func (g *generator) refundAll(at time.Time) {
	amount := g.captured - g.refunded
	whole := g.refunded == 0
	if amount <= 0 || (!whole && g.tx.Split != Unsplit) {
		return // what each seller gives back the second time would be anyone's guess
	}
	lines := g.tx.Lines[:g.taken]
	e := Event{Type: "REFUND", Success: true, At: at, Amount: amount, VAT: Ratio(VATOf(lines), amount, total(lines))}
	if whole && g.tx.Split != LineSplit && !g.Chance(30) {
		e.Lines = lines
	}
	g.refund(e)
}

// refundLine gives back one captured line, once.
func (g *generator) refundLine(at time.Time) {
	if g.refunded > 0 || g.taken == 0 {
		return
	}
	lines := g.tx.Lines[:g.taken]
	one := g.Below(len(lines))
	e := Event{Type: "REFUND", Success: true, At: at, Amount: lines[one].Amount, VAT: VATOf(lines[one : one+1]), Lines: lines[one : one+1]}
	switch {
	case g.tx.Split == LineSplit:
		e.Splits, e.Lines = SumShares(e.Lines), nil
	case g.Chance(30) && (g.tx.Split == Unsplit || g.taken == len(g.tx.Lines)):
		e.Lines = nil // the amount alone: no splits either
	}
	g.refund(e)
}

func (g *generator) refund(e Event) {
	g.annotate(&e, "R")
	e.At = g.request(&e)
	g.add(e)
}

func (g *generator) void(at time.Time, by string) {
	g.add(Event{Type: "VOID", Success: true, At: at, By: by, VAT: -1})
}

func total(lines []Line) int64 {
	var sum int64
	for _, l := range lines {
		sum += l.Amount
	}
	return sum
}

func withoutShares(lines []Line) []Line {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i].Shares = nil
	}
	return lines
}
