package shop

// orderMoves is how long after it was created an order can still change.
const orderMoves = 50 * day

// Orders are the day's transactions that the shop keeps an order for, newest first: those
// with an ordinary number that are over within 50 days.
func (s *Shop) Orders(d Date) []*Transaction {
	var orders []*Transaction
	made := s.Day(d)
	for i := range made {
		t := &made[i]
		planned := t.N == FaultTarget || t.N == 6 || t.N == 8 || (t.N >= 11 && t.N <= 13)
		if (planned || (t.N >= 18 && t.Key%6 == 0)) && t.orderable() {
			orders = append(orders, t)
		}
	}
	return orders
}

func (t *Transaction) orderable() bool {
	authorized := false
	for i := range t.Events {
		authorized = authorized || (t.Events[i].Type == "AUTHORIZE" && t.Events[i].Success)
	}
	last := t.Events[len(t.Events)-1].At
	return authorized && t.Amount > 0 && t.Reference == t.orderNumber() && last.Sub(t.Created) <= orderMoves
}
