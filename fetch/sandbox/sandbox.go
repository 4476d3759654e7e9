// Package sandbox is a simulated Dintero: one http.Handler that answers like
// checkout.dintero.com and api.dintero.com, with the payments of an invented fish
// shop, and with faults on demand. It is there to try Rapport without an account
// and to test it without a network.
//
// # What it guarantees
//
//   - The payments are a function of the seed and the calendar day (Europe/Oslo). Each
//     day's transactions, orders and gift cards carry their whole future; Now only
//     hides what has not happened yet. A closed period has the same events whatever
//     Now is; only statuses, settlements and later events differ.
//   - From 1 January 2015 every day has captures, refunds and open authorisations,
//     order operations and gift card movements; every store and every seller has captures.
//   - Every event lies within 180 days of its transaction's creation: by then what
//     was not captured has been voided.
//   - No transaction is undecidable for a seller's report: splits sum to their event
//     or line, a part capture names its lines, part refunds carry splits or none at all.
//   - What an event says of its settlements adds up to them, but for what they hide: fixed
//     fees and chargebacks that are on no transaction.
//   - The same request gives the same bytes; the handler is safe for concurrent use.
//
// Lists are newest created first. captured_at matches any successful capture,
// refunded_at any successful refund. Orders and cards are listed for 120 days
// after they were created and move for at most 50, so a period that began within
// the last 70 days is complete. Unknown query parameters are refused: a
// misspelled filter would otherwise widen a report. Any client id and secret will do.
//
// # Stores
//
//	sc029  Fjordfisk Oslo, the busiest
//	sc031  Fjordfisk Bergen
//	sc044  Fjordfisk Trondheim
//	sc058  Fjordfisk Tromsø; its payments belong to seller fjordfisk-tromso
//	sc063  Fjordfisk Ålesund, with a name that is hard to print
//	sc100  Fjordfisk nettbutikk; also SEK, EUR and ISK
//
// # Sellers
//
// About one transaction in seven is split between two or three of these payout
// destinations; some belong to one of them alone:
//
//	P00000001 P00000002 P00000003 fiskehandel-bergen lofoten-torrfisk roykeriet-alesund fjordfisk-tromso
//
// # Settlements
//
// Payex, Vipps, Bambora and Dintero's own payout pay each seller and the shop on Tuesdays, or the
// bank day after, what was captured up to two bank days before; Klarna, Swish, Walley and the
// shop's terminals never do. Ids are 40 hexadecimal digits. Some hold several currencies, some
// wait until the next Tuesday (postponed), some are negative and taken into the next one,
// some are listed three days late, Vipps does not say whether one is paid.
//
// # What it does not simulate
//
// Sessions and writes of any kind, scopes, settlement reports by mail and reports as resources,
// accounts that differ (only the prefix of an id does), gift card balances that
// follow the payments made with them, changes of a merchant reference, clock skew.
package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
	_ "time/tzdata" // Europe/Oslo where the machine has no zones

	"rapport/fetch/sandbox/internal/shop"
)

// Options say which payments to show, as of when, and what goes wrong.
type Options struct {
	Seed uint64
	// Now is the instant after which nothing is shown. Required; called for every request.
	Now func() time.Time
	// Faults are names from Faults; they apply to every request.
	Faults []string
}

// Server is the simulated Dintero; see the package comment.
type Server struct {
	shop   *shop.Shop
	now    func() time.Time
	faults faultSet

	mu      sync.Mutex
	counts  map[string]int // requests by fault and page, for faults that pass
	issued  int            // serial of the newest token
	revoked int            // tokens up to this serial are refused
	pages   int            // pages served under revoked-token
}

// New makes a server. An unknown fault name and a missing Now are errors.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		return nil, errors.New("sandbox: Options.Now is missing")
	}
	faults, err := newFaultSet(o.Faults)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	zone, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return &Server{shop: shop.New(o.Seed, zone), now: o.Now, faults: faults, counts: map[string]int{}}, nil
}

// ServeHTTP answers one request: faults that replace the answer first, then the
// answer itself, then faults that spoil its body.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	faults, err := s.faults.with(r.Header.Values("Sandbox-Fault"))
	if err != nil {
		refuse(http.StatusBadRequest, "invalid_fault", err.Error()).write(w)
		return
	}
	if a, replaced := s.faultyAnswer(r, faults); replaced {
		a.write(w)
		return
	}
	s.send(w, r, faults, s.route(r, faults))
}
