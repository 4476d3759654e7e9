package engine

import (
	"context"
	"fmt"
	"sync"

	"rapport/internal/ledger"
	"rapport/internal/report"
	ourmail "rapport/mail"
)

// A doubtfulRefusal is one of which the code alone speaks of the address: relays say the same
// of what they think of us. It stays claimed until others have been heard.
type doubtfulRefusal struct {
	job    report.Job
	row    ledger.Delivery
	err    error
	answer string // code and enhanced code, which those have in common that are refused for one reason
}

// doubtfulRefusals are those since nothing was under way.
type doubtfulRefusals struct {
	mu     sync.Mutex
	list   []doubtfulRefusal
	others int // that were accepted, or surely refused
}

func (d *doubtfulRefusals) add(r doubtfulRefusal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = append(d.list, r)
}

func (d *doubtfulRefusals) addOther() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.others++
}

// take tells which of them speak of the address: those that are alone in what they heard, and
// all, if the relay took somebody else's message or refused it for another reason.
func (d *doubtfulRefusals) take() (address, us []doubtfulRefusal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	same := map[string]int{}
	for _, r := range d.list {
		same[r.answer]++
	}
	for _, r := range d.list {
		if d.others > 0 || len(same) > 1 || same[r.answer] == 1 {
			address = append(address, r)
		} else {
			us = append(us, r)
		}
	}
	d.list, d.others = nil, 0
	return address, us
}

// isDoubtful tells whether a refusal may be about us.
func isDoubtful(failed *ourmail.Error) bool {
	return failed != nil && failed.Verdict == ourmail.Refused && failed.About == ourmail.AboutUnknown
}

// answerOf is what refusals for one reason have in common.
func answerOf(failed *ourmail.Error) string {
	if failed.Enhanced == "" {
		return fmt.Sprint(failed.Code)
	}
	return fmt.Sprint(failed.Code, " ", failed.Enhanced)
}

// judgeRefusals ends what is doubtful, once nothing else is under way.
func (s *sender) judgeRefusals(ctx context.Context) {
	address, us := s.doubts.take()
	for _, r := range address {
		s.conclude(ctx, r.job, r.row, s.resultOf(ctx, r.job, r.row, "", r.err), "", r.err)
	}
	for _, r := range us {
		result := s.resultOf(ctx, r.job, r.row, "", r.err)
		result.State, result.NextTry = ledger.Deferred, result.At.Add(backoff(r.row.Attempts+1, r.row.ID))
		s.conclude(ctx, r.job, r.row, result, "", r.err)
		s.raiseRelay(ctx, r.answer, r.err, result.At)
	}
}
