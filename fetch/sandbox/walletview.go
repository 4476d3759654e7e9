package sandbox

// The JSON shapes of the Wallets API. Amounts in minor units, never negative.

type wireGift struct {
	CardID     string `json:"card_id"`
	ID         string `json:"id"`
	CustomerID string `json:"customer_id"`
	Name       string `json:"name"`
	Type       string `json:"type"`
	Status     string `json:"status"`
	Currency   string `json:"currency"`
	Amount     int64  `json:"amount"`
	Balance    int64  `json:"amount_balance"`
	Available  int64  `json:"amount_available"`
	Funds      int64  `json:"amount_funds"`
	Drawdown   int64  `json:"amount_drawdown"`
	Pending    int64  `json:"amount_pending"`
	Reserved   int64  `json:"amount_reserved"`
	ActiveFrom string `json:"active_from"`
	ExpiresAt  string `json:"expires_at"`
	CreatedAt  string `json:"created_at"`
	UpdatedAt  string `json:"updated_at"`
	DeletedAt  string `json:"deleted_at,omitempty"`
	CreatedBy  string `json:"created_by"`
}

// A movement carries no card_id: the path says whose it is.
type wireMovement struct {
	ID           string            `json:"id"`
	CreatedAt    string            `json:"created_at"`
	CreatedBy    string            `json:"created_by"`
	Type         string            `json:"type"`
	Amount       int64             `json:"amount"`
	Currency     string            `json:"currency"`
	Reference    string            `json:"ref_id"`
	ParentID     string            `json:"parent_id,omitempty"`
	OriginatedBy string            `json:"originated_by"`
	Metadata     map[string]string `json:"metadata,omitempty"`
}

// card is the gift card as of now.
func (v view) card(c *giftCardBook) wireGift {
	w := wireGift{
		CardID: c.id, ID: c.id, CustomerID: v.shop.people.person(roll(uint64(c.day), uint64(c.n)).next()).id, Name: "Fjordfisk gavekort", Type: "gift_card", Status: "unused",
		Currency: c.currency, Amount: c.amount, ActiveFrom: stamp(c.created), ExpiresAt: stamp(c.created.AddDate(3, 0, 0)), CreatedAt: stamp(c.created), UpdatedAt: stamp(c.created),
		CreatedBy: "gavekort-nettbutikk",
	}
	if c.credit {
		w.Name, w.Type = "Fjordfisk tilgodelapp", "credit_note"
	}
	for _, m := range c.visible(v) {
		w.UpdatedAt = stamp(m.at)
		switch m.kind {
		case "fund":
			w.Funds += m.amount
		case "pending_capture":
			w.Pending += m.amount
		case "voided":
			w.Pending -= m.amount
		case "drawdown":
			w.Drawdown += m.amount
			w.Status = "used"
			if m.parent != "" {
				w.Pending -= m.amount
			}
		}
	}
	w.Reserved, w.Balance = w.Pending, w.Funds-w.Drawdown
	w.Available = w.Balance - w.Reserved
	if !c.deleted.IsZero() && !c.deleted.After(v.now) {
		w.DeletedAt, w.UpdatedAt = stamp(c.deleted), stamp(c.deleted)
	}
	return w
}

// visible are the movements up to now; they are in order of time.
func (c *giftCardBook) visible(v view) []movement {
	n := len(c.movements)
	for n > 0 && c.movements[n-1].at.After(v.now) {
		n--
	}
	return c.movements[:n]
}

// cardTransactions is GET …/wallets/cards/{card_id}/transactions.
func (v view) cardTransactions(id string) (a answer, found bool) {
	c := v.findCard(id)
	if c == nil {
		return answer{}, false
	}
	out := []wireMovement{}
	for _, m := range c.visible(v) {
		w := wireMovement{ID: m.id, CreatedAt: stamp(m.at), CreatedBy: m.by, Type: m.kind, Amount: m.amount, Currency: c.currency, Reference: m.ref, ParentID: m.parent, OriginatedBy: m.by}
		if m.order != "" {
			w.Metadata = map[string]string{"order_id": m.order}
		}
		out = append(out, w)
	}
	return ok(out), true
}
