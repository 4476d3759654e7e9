package settlement

import (
	"fmt"
	"iter"
	"time"

	"rapport/internal/money"
	"rapport/internal/payment"
)

// A Reading is what a source tells of settlements and movements, for all the reports that are
// made of it.
type Reading struct {
	Settlements map[string]*payment.Settlement
	Movements   func() iter.Seq2[*Movement, error] // sorted by [MovementHash], each once; may be asked for again
	Known       bool                               // the source tells movements at all
	Now         time.Time

	events    map[Key]Figures        // what the movements that name a settlement come to
	settledBy map[[2]string][]settle // by seller and product, in no order
}

// A settle is a day on which a provider settled a product for a seller.
type settle struct {
	day      time.Time
	provider string
}

// Learn goes through all movements once.
func (r *Reading) Learn(zone *time.Location) error {
	r.events, r.settledBy = map[Key]Figures{}, map[[2]string][]settle{}
	known := map[[2]string]map[settle]bool{}
	for m, err := range r.Movements() {
		if err != nil {
			return err
		}
		for _, p := range m.Parts {
			if err := r.learn(m, p); err != nil {
				return fmt.Errorf("transaction %s: settlement %s: %w", m.Transaction, p.Settlement, err)
			}
			s := r.Settlements[p.Settlement]
			if s == nil || s.Fault != nil {
				continue
			}
			key, one := [2]string{s.PayoutDestination, m.Product}, settle{s.Date(zone), s.Provider}
			if known[key] == nil {
				known[key] = map[settle]bool{}
			}
			if !known[key][one] {
				known[key][one] = true
				r.settledBy[key] = append(r.settledBy[key], one)
			}
		}
	}
	return nil
}

func (r *Reading) learn(m *Movement, p Part) (err error) {
	key := Key{p.Settlement, m.Currency}
	f := r.events[key]
	to := &f.Captured
	if m.Refund {
		to = &f.Refunded
	}
	if *to, err = money.Add(*to, p.Gross); err == nil {
		f.Fee, err = money.Add(f.Fee, p.Fee)
	}
	r.events[key] = f
	return err
}

// Newest keeps of several copies of a settlement the newest, of equal ones the last.
func Newest(all map[string]*payment.Settlement, s payment.Settlement) {
	if have := all[s.ID]; have == nil || !s.UpdatedAt.Before(have.UpdatedAt) {
		all[s.ID] = &s
	}
}
