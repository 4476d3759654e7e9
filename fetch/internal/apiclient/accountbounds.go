package apiclient

import (
	"net/url"
	"time"

	"golang.org/x/time/rate"
)

// accountBounds is how much one account asks a host: its own answers say. A host that refuses one
// account, or is slow for it alone, is asked as much as before by the others.
type accountBounds struct {
	bounds
	rate *rate.Limiter // held to beside the host's while the account may ask less than another
}

// boundsOf are the bounds of an account; one that comes later begins with the widest that there are.
func (h *host) boundsOf(account string) *accountBounds {
	own := h.bounds[account]
	if own == nil {
		own = &accountBounds{bounds: newBounds(h.limiter.perSecond, h.limiter.inFlight)}
		if h.widest != nil {
			own.inFlight, own.perSecond, own.decreases = h.widest.inFlight, h.widest.perSecond, h.widest.decreases
		} else {
			h.widest = own
		}
		own.rate = rate.NewLimiter(own.perSecond, burst)
		h.bounds[account] = own
	}
	return own
}

// observe takes an answer to an account into account; see [bounds.observe].
func (h *host) observe(own *accountBounds, u *url.URL, code int, took time.Duration, decreases int) {
	own.bounds.observe(kindOf(u), code, took, decreases)
	own.rate.SetLimit(own.perSecond)
	if own == h.widest {
		for _, other := range h.bounds {
			if other.widerThan(h.widest) {
				h.widest = other
			}
		}
	} else if own.widerThan(h.widest) {
		h.widest = own
	}
	h.rate.SetLimit(h.widest.perSecond)
	h.admit()
}

func (b *accountBounds) widerThan(other *accountBounds) bool {
	if b.inFlight != other.inFlight {
		return b.inFlight > other.inFlight
	}
	return b.perSecond > other.perSecond
}

// isAllowed tells whether the account's own rate allows a request now, where that is below the
// host's; if not, admit is called again when it will.
func (h *host) isAllowed(own *accountBounds) bool {
	if own.perSecond >= h.widest.perSecond {
		return true
	}
	wait := time.Duration(max(0, 1-own.rate.Tokens()) / float64(own.rate.Limit()) * float64(time.Second))
	if wait > 0 && (h.soonest == 0 || wait < h.soonest) {
		h.soonest = wait
	}
	return wait == 0
}
