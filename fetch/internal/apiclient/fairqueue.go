package apiclient

import "slices"

// fairQueue is the requests that wait for a host. Accounts take turns (round robin): one
// with a thousand waiting requests delays another's first by no more than one turn.
// Within an account the first to come is the first to go.
type fairQueue struct {
	accounts []string                   // that have waiting requests, the next one first
	waiting  map[string][]chan struct{} // by account; each is closed when its request may begin
	last     string                     // the account that had the last turn; all others go before it
}

func (q *fairQueue) empty() bool { return len(q.accounts) == 0 }

func (q *fairQueue) push(account string, ready chan struct{}) {
	if q.waiting == nil {
		q.waiting = map[string][]chan struct{}{}
	}
	if len(q.waiting[account]) == 0 {
		q.accounts = append(q.accounts, account)
	}
	q.waiting[account] = append(q.waiting[account], ready)
}

// next is the account whose turn it is, of those that may begin a request.
func (q *fairQueue) next(may func(account string) bool) (account string, found bool) {
	for i := range q.accounts {
		if i == 0 && q.accounts[0] == q.last {
			continue // it is behind all others
		}
		if may(q.accounts[i]) {
			return q.accounts[i], true
		}
	}
	if len(q.accounts) > 0 && q.accounts[0] == q.last && may(q.last) {
		return q.last, true
	}
	return "", false
}

// pop takes out the first request of an account that waits, which has its turn with that.
func (q *fairQueue) pop(account string) chan struct{} {
	if q.accounts[0] == q.last {
		q.accounts = append(q.accounts[1:], q.last)
	}
	q.last = account
	ready := q.waiting[account][0]
	q.remove(account, ready)
	return ready
}

// remove takes out a request; false where it does not wait.
func (q *fairQueue) remove(account string, ready chan struct{}) bool {
	i := slices.Index(q.waiting[account], ready)
	if i < 0 {
		return false
	}
	if q.waiting[account] = slices.Delete(q.waiting[account], i, i+1); len(q.waiting[account]) > 0 {
		return true
	}
	delete(q.waiting, account)
	if at := slices.Index(q.accounts, account); at == 0 {
		q.accounts = q.accounts[1:]
	} else {
		q.accounts = slices.Delete(q.accounts, at, at+1)
	}
	return true
}
