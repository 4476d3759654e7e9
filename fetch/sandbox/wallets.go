package sandbox

import (
	"encoding/base64"
	"iter"
	"net/http"
	"strings"

	"rapport/fetch/sandbox/internal/shop"
)

// listCards is GET …/wallets/cards. Its cursor is a token from the body.
func (v view) listCards(r *http.Request, faults faultSet) answer {
	q := newQuery(r)
	limit := q.limit()
	token, given := q.one("starting_after")
	deleted, _ := q.one("include_deleted", "true", "false")
	after, valid := cardOfToken(token)
	if given && (!valid || v.findCard(after) == nil) {
		q.bad("starting_after", "is no token of this listing")
	}
	if a, wrong := q.refused(); wrong {
		return a
	}
	days := dayRows[shop.GiftCard]{
		newest: v.DateOf(v.now), oldest: v.DateOf(v.now) - listedDays, of: v.GiftCards,
		show: func(c shop.GiftCard) (row, bool) {
			listed := !c.Created.After(v.now) && (deleted == "true" || !c.IsDeleted(v.now))
			return row{c.ID, func() object { return v.card(&c) }}, listed
		},
	}
	rows := page(func(from string) iter.Seq[row] {
		var cursor *shop.Serial
		if c := v.findCard(from); c != nil {
			cursor = &c.Serial
		}
		return days.from(r.Context(), cursor)
	}, after, limit, faults)
	next := ""
	if len(rows) >= limit || (len(rows) > 0 && (faults.has("loop") || faults.has("stuck"))) {
		next = tokenOfCard(rows[len(rows)-1].id)
	}
	return ok(object{{"cards", shown(rows)}, {"starting_after", optional(next)}})
}

// findCard is the card if it is listed, deleted or not, else nil.
func (v view) findCard(id string) *shop.GiftCard {
	serial, ok := shop.ParseCardID(id)
	today := v.DateOf(v.now)
	if !ok || serial.Day < today-listedDays || serial.Day > today {
		return nil
	}
	for _, c := range v.GiftCards(serial.Day) {
		if c.ID == id && !c.Created.After(v.now) {
			return &c
		}
	}
	return nil
}

func tokenOfCard(id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"card":"` + id + `"}`))
}

func cardOfToken(token string) (id string, valid bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	id, valid = strings.CutPrefix(strings.TrimSuffix(string(raw), `"}`), `{"card":"`)
	return id, err == nil && valid
}

// cardTransactions is GET …/wallets/cards/{card_id}/transactions. A movement carries no
// card_id: the path says whose it is.
func (v view) cardTransactions(id string) (a answer, found bool) {
	c := v.findCard(id)
	if c == nil {
		return answer{}, false
	}
	out := []object{}
	for _, m := range c.Visible(v.now) {
		var metadata object
		if m.Order != "" {
			metadata = object{{"order_id", m.Order}}
		}
		out = append(out, object{
			{"id", m.ID}, {"created_at", timestamp(m.At)}, {"created_by", m.By}, {"type", m.Type}, {"amount", m.Amount}, {"currency", c.Currency},
			{"ref_id", m.Reference}, {"parent_id", optional(m.Parent)}, {"originated_by", m.By}, {"metadata", metadata},
		})
	}
	return ok(out), true
}

// card is the gift card as of now, in the JSON of the Wallets API. Amounts are in minor
// units, never negative.
func (v view) card(c *shop.GiftCard) object {
	name, kind, status := "Fjordfisk gavekort", "gift_card", "unused"
	if c.Credit {
		name, kind = "Fjordfisk tilgodelapp", "credit_note"
	}
	var funds, drawdown, reserved int64
	updated, deleted := c.Created, ""
	for _, m := range c.Visible(v.now) {
		updated = m.At
		switch m.Type {
		case "fund":
			funds += m.Amount
		case "pending_capture":
			reserved += m.Amount
		case "voided":
			reserved -= m.Amount
		case "drawdown":
			drawdown += m.Amount
			status = "used"
			if m.Parent != "" {
				reserved -= m.Amount
			}
		}
	}
	if c.IsDeleted(v.now) {
		updated, deleted = c.Deleted, timestamp(c.Deleted)
	}
	return object{
		{"card_id", c.ID}, {"id", c.ID}, {"customer_id", v.Customer(shop.NewRNG(uint64(c.Day), uint64(c.N)).Next()).ID}, {"name", name}, {"type", kind}, {"status", status},
		{"currency", c.Currency}, {"amount", c.Amount}, {"amount_balance", funds - drawdown}, {"amount_available", funds - drawdown - reserved}, {"amount_funds", funds},
		{"amount_drawdown", drawdown}, {"amount_pending", reserved}, {"amount_reserved", reserved}, {"active_from", timestamp(c.Created)},
		{"expires_at", timestamp(c.Created.AddDate(3, 0, 0))}, {"created_at", timestamp(c.Created)}, {"updated_at", timestamp(updated)}, {"deleted_at", optional(deleted)},
		{"created_by", "gavekort-nettbutikk"},
	}
}
