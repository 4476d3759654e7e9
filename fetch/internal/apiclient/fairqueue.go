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

// pop takes out the request whose turn it is. The queue must not be empty.
func (q *fairQueue) pop() chan struct{} {
	if q.accounts[0] == q.last {
		q.accounts = append(q.accounts[1:], q.last)
	}
	q.last = q.accounts[0]
	ready := q.waiting[q.last][0]
	q.remove(q.last, ready)
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
