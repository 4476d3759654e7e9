package apiclient

import (
	"container/list"
	"slices"
)

// fairQueue is the requests that wait for a host. Accounts take turns (round robin): one
// with a thousand waiting requests delays another's first by no more than one turn.
// Within an account the first to come is the first to go.
type fairQueue struct {
	order    list.List                // of accountQueue, the next one first
	accounts map[string]*list.Element // of order
	last     string                   // the account that had the last turn; all others go before it
}

// accountQueue is the waiting requests of an account; there is none without.
type accountQueue struct {
	account string
	turns   []chan struct{} // each is closed when its turn has come
}

func (q *fairQueue) empty() bool { return q.order.Len() == 0 }

func (q *fairQueue) push(account string, turn chan struct{}) {
	e := q.accounts[account]
	if e == nil {
		if q.accounts == nil {
			q.accounts = map[string]*list.Element{}
		}
		e = q.order.PushBack(&accountQueue{account: account})
		q.accounts[account] = e
	}
	a := e.Value.(*accountQueue)
	a.turns = append(a.turns, turn)
}

// pop takes out the request whose turn it is. The queue must not be empty.
func (q *fairQueue) pop() chan struct{} {
	if last := q.accounts[q.last]; last != nil {
		q.order.MoveToBack(last)
	}
	a := q.order.Front().Value.(*accountQueue)
	turn := a.turns[0]
	q.last = a.account
	q.drop(a, 0)
	return turn
}

// remove takes out a request that no longer waits; false where it does not wait.
func (q *fairQueue) remove(account string, turn chan struct{}) bool {
	e := q.accounts[account]
	if e == nil {
		return false
	}
	a := e.Value.(*accountQueue)
	i := slices.Index(a.turns, turn)
	if i >= 0 {
		q.drop(a, i)
	}
	return i >= 0
}

func (q *fairQueue) drop(a *accountQueue, i int) {
	if a.turns = slices.Delete(a.turns, i, i+1); len(a.turns) == 0 {
		q.order.Remove(q.accounts[a.account])
		delete(q.accounts, a.account)
	}
}
