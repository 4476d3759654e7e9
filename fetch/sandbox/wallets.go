package sandbox

import (
	"encoding/base64"
	"net/http"
	"strings"

	"rapport/fetch/sandbox/internal/shop"
)

// listCards is GET …/wallets/cards. Its cursor is a token from the body.
func (v view) listCards(r *http.Request, faults faultSet) answer {
	q := newQuery(r)
	limit := q.limit(most)
	token, given := q.one("starting_after")
	deleted, _ := q.one("include_deleted", "true", "false")
	after, valid := cardOfToken(token)
	if given && (!valid || v.findCard(after) == nil) {
		q.bad("starting_after", "is no token of this listing")
	}
	if a, wrong := q.refused(); wrong {
		return a
	}
	days := dayRows[*shop.GiftCard]{
		newest: v.DateOf(v.now), oldest: v.DateOf(v.now) - listedDays, of: v.GiftCards, find: v.findCard,
		show: func(c *shop.GiftCard) (row, bool) {
			listed := !c.Created.After(v.now) && (deleted == "true" || !c.IsDeleted(v.now))
			return row{c.ID, func(w *jsonWriter) { v.writeCard(w, c) }}, listed
		},
	}
	rows := days.page(r.Context(), after, limit, faults)
	next := ""
	if len(rows) >= limit || (len(rows) > 0 && (faults.has("loop") || faults.has("stuck"))) {
		next = tokenOfCard(rows[len(rows)-1].id)
	}
	return ok(func(w *jsonWriter) {
		writeRows(w.object(""), "cards", rows)
		w.optional("starting_after", next).end()
	})
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
			return c
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
	return ok(func(w *jsonWriter) {
		w.list("")
		for _, m := range c.Visible(v.now) {
			w.object("").text("id", m.ID).text("created_at", timestamp(m.At)).text("created_by", m.By).text("type", m.Type).number("amount", m.Amount).text("currency", c.Currency).
				text("ref_id", m.Reference).optional("parent_id", m.Parent).text("originated_by", m.By)
			if m.Order != "" {
				w.object("metadata").text("order_id", m.Order).end()
			}
			w.end()
		}
		w.end()
	}), true
}

// writeCard writes the gift card as of now, in the JSON of the Wallets API. Amounts are in
// minor units, never negative.
func (v view) writeCard(w *jsonWriter, c *shop.GiftCard) {
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
	customer := v.Customer(shop.NewRNG(uint64(c.Day), uint64(c.N)).Next())
	w.object("").text("card_id", c.ID).text("id", c.ID).text("customer_id", customer.ID).text("name", name).text("type", kind).text("status", status).text("currency", c.Currency).
		number("amount", c.Amount).number("amount_balance", funds-drawdown).number("amount_available", funds-drawdown-reserved).number("amount_funds", funds).
		number("amount_drawdown", drawdown).number("amount_pending", reserved).number("amount_reserved", reserved).text("active_from", timestamp(c.Created)).
		text("expires_at", timestamp(c.Created.AddDate(3, 0, 0))).text("created_at", timestamp(c.Created)).text("updated_at", timestamp(updated)).
		optional("deleted_at", deleted).text("created_by", "gavekort-nettbutikk").end()
}
