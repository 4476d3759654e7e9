package shop

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

const payoutHour = 6 * time.Hour

// Settlement is a payout to one bank account, with its whole future.
type Settlement struct {
	Serial       // the day of payout, and its number on it
	ID           string
	Provider     string
	Reference    string // provider_reference
	Seller       string // payout_destination_id
	StoreID      string // where all its payments were made; empty where there are several
	Start, End   time.Time
	SettledAt    time.Time
	Created      time.Time // of the record: the provider's report may be late
	Updated      time.Time // when its reference, or that it is paid, became known
	PaidAt       time.Time // zero: never, it is taken into the next one
	SaysNoStatus bool      // the provider does not say whether it is paid
	Amounts      []Figures
	Hidden       []Figures // of these, what no transaction has
}

// Figures are what a settlement comes to in one currency, minor units.
type Figures struct {
	Currency                     string
	Amount, Capture, Refund, Fee int64
}

// settlementNames are the id and the reference of the settlement of a provider to a seller on a
// day, and the chance that is left after them. An id is 40 hexadecimal digits.
func (s *Shop) settlementNames(provider, seller string, d Date) (id, reference string, rng *RNG) {
	var key uint64
	for _, c := range provider + "/" + seller {
		key = Mix(key + uint64(c))
	}
	rng = NewRNG(s.Seed, key, uint64(d), 0x5e)
	id = rng.Hex() + rng.Hex()[:8]
	return id, rng.Digits(10), rng
}

// Settlements are those that are paid out on d.
func (s *Shop) Settlements(d Date) []Settlement {
	if d < 7 || !s.isPayday(d) {
		return nil
	}
	s.mu.Lock()
	made, ok := s.paid[d]
	s.mu.Unlock()
	if ok {
		return made
	}
	made = s.makeSettlements(d)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paid[d] = made
	return made
}

// oldestSettled is how long before its payout a transaction may have been made.
const oldestSettled = Date(Lifetime/day + 21)

func (s *Shop) makeSettlements(d Date) []Settlement {
	at := s.Midnight(d).Add(payoutHour)
	byAccount := map[[2]string]*Settlement{}
	for on := range Days(d, d-oldestSettled) {
		made := s.Day(on)
		for n := range made {
			t := &made[n]
			for i := range t.Events {
				if !t.Events[i].SettledAt.Equal(at) {
					continue
				}
				for _, part := range s.Payouts(t, i) {
					key := [2]string{t.Method.provider, part.Seller}
					if byAccount[key] == nil {
						byAccount[key] = &Settlement{ID: part.SettlementID, Provider: key[0], Seller: key[1], SettledAt: at, StoreID: t.Store.ID, Start: t.Events[i].At, End: t.Events[i].At}
					}
					byAccount[key].take(t, &t.Events[i], part)
				}
			}
		}
	}
	var all []Settlement
	for _, one := range byAccount {
		s.trouble(one, d)
		slices.SortFunc(one.Amounts, func(a, b Figures) int {
			return cmp.Or(-cmp.Compare(b2i(a.Currency == "NOK"), b2i(b.Currency == "NOK")), strings.Compare(a.Currency, b.Currency))
		})
		all = append(all, *one)
	}
	slices.SortFunc(all, func(a, b Settlement) int { return strings.Compare(a.ID, b.ID) })
	for n := range all {
		all[n].Serial = Serial{d, n}
	}
	return all
}

// take adds a part of a movement.
func (o *Settlement) take(t *Transaction, e *Event, part Payout) {
	if t.Store.ID != o.StoreID {
		o.StoreID = ""
	}
	if e.At.Before(o.Start) {
		o.Start = e.At
	}
	if e.At.After(o.End) {
		o.End = e.At
	}
	f := Figures{Currency: t.Currency, Capture: part.Amount, Fee: part.Fee}
	if e.Type == "REFUND" {
		f.Capture, f.Refund = 0, part.Amount
	}
	f.Amount = f.Capture - f.Refund - f.Fee
	o.add(f)
}

func (o *Settlement) add(f Figures) {
	i := slices.IndexFunc(o.Amounts, func(have Figures) bool { return have.Currency == f.Currency })
	if i < 0 {
		o.Amounts = append(o.Amounts, f)
		return
	}
	have := &o.Amounts[i]
	have.Amount, have.Capture, have.Refund, have.Fee = have.Amount+f.Amount, have.Capture+f.Capture, have.Refund+f.Refund, have.Fee+f.Fee
}

// hide adds what no transaction has.
func (o *Settlement) hide(f Figures) {
	o.add(f)
	o.Hidden = append(o.Hidden, f)
}

// net is what it comes to in kroner.
func (o *Settlement) net() (sum int64) {
	for _, f := range o.Amounts {
		if f.Currency == "NOK" {
			sum += f.Amount
		}
	}
	return sum
}

// trouble is what settlements are like where they are not just the sum of their events:
// fees and chargebacks that are on none, late records, payouts that wait.
func (s *Shop) trouble(o *Settlement, d Date) {
	_, reference, rng := s.settlementNames(o.Provider, o.Seller, d)
	o.Reference, o.Created, o.PaidAt = reference, o.SettledAt, o.SettledAt
	chance, own, week := rng.Below(100), o.Seller == "", d/7
	if before := s.payday(d - d%7 - 7); s.isRefused(o.Provider, o.Seller, before) {
		for _, b := range s.Settlements(before) {
			if b.Provider == o.Provider && b.Seller == o.Seller {
				for _, f := range b.Amounts { // what was not paid then is settled with this one
					o.hide(f)
				}
			}
		}
	}
	switch {
	case o.Provider == "vipps":
		o.SaysNoStatus = true
		if own && chance < 12 { // a chargeback that is only taken off the sum
			o.hide(Figures{Currency: "NOK", Amount: -int64(10000 + 50*rng.Below(400))})
		}
	case s.isRefused(o.Provider, o.Seller, d): // a chargeback that is more than all of it
		back := max(o.net(), 0) + int64(20000+100*rng.Below(900))
		o.hide(Figures{Currency: "NOK", Refund: back, Amount: -back})
		o.PaidAt = time.Time{}
	case o.Provider == "payex" && own && s.Midnight(d).Day() <= 7: // the month's fixed fee
		o.hide(Figures{Currency: "NOK", Fee: 19900, Amount: -19900})
	case o.Provider == "payex" && own && chance < 25: // a chargeback
		back := int64(15000 + 100*rng.Below(500))
		o.hide(Figures{Currency: "NOK", Refund: back, Amount: -back})
	case o.Provider == "payex" && !own && chance < 20: // a report that is late
		o.Created = o.SettledAt.Add(3 * day)
	case o.Provider == "payout" && !own && (chance < 12 || week%13 == 5): // a payout that waits for the next one
		o.PaidAt = s.Midnight(s.payday(d - d%7 + 7)).Add(payoutHour)
	}
	o.Updated = o.Created
	if o.PaidAt.After(o.Updated) {
		o.Updated = o.PaidAt
	}
}

// isRefused reports whether a settlement is not paid out and taken into the next one.
func (s *Shop) isRefused(provider, seller string, d Date) bool {
	if provider != "bambora" || seller != "" || d/7%2 == 1 {
		return false
	}
	_, _, rng := s.settlementNames(provider, seller, d)
	return rng.Below(100) < 20
}

// IsListed reports whether the record is there.
func (o *Settlement) IsListed(now time.Time) bool { return !o.Created.After(now) }

// PaymentStatus is what the provider says of the payout; empty where it says nothing.
func (o *Settlement) PaymentStatus(now time.Time) string {
	switch {
	case o.SaysNoStatus:
		return ""
	case o.PaidAt.IsZero(), o.PaidAt.After(now):
		return "postponed"
	}
	return "paid"
}

// UpdatedAt is when the record last changed.
func (o *Settlement) UpdatedAt(now time.Time) time.Time {
	if o.Updated.After(now) {
		return o.Created
	}
	return o.Updated
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
