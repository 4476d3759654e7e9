package sandbox

import (
	"strings"

	"rapport/fetch/sandbox/internal/shop"
)

func writeCustomer(w *jsonWriter, who shop.Customer) {
	w.object("customer").text("customer_id", who.ID).text("email", who.Email).text("phone_number", who.Phone).end()
}

func writeAddress(w *jsonWriter, name string, who shop.Customer, comment string) {
	w.object(name).text("first_name", who.First).text("last_name", who.Last).text("address_line", who.Street).text("postal_code", who.Postal).text("postal_place", who.Town).
		text("country", "NO").text("phone_number", who.Phone).text("email", who.Email).optional("comment", comment).end()
}

func writeStore(w *jsonWriter, s *shop.Store) {
	w.object("store").text("id", s.ID).text("name", s.Name).text("business_name", "Fjordfisk "+s.City+" AS").
		object("address").text("address_line", s.Street).text("postal_code", s.Postal).text("postal_place", s.City).text("country", "NO").end().
		text("chain", "Fjordfisk").text("email", "butikk."+s.ID+"@example.com").text("gln", s.GLN).text("organization_number", "940155223MVA").
		text("phone_number", "+4700000"+s.ID[2:]).text("mcc", "5499").optional("terminal_id", s.Terminal).optional("payout_destination_id", s.Seller).end()
}

// writeItems writes the items of a transaction; its shipping option is none.
func writeItems(w *jsonWriter, t *shop.Transaction) {
	w.list("items")
	for i := range t.Lines {
		if !t.Shipped || i < len(t.Lines)-1 {
			writeItem(w, &t.Lines[i], t.Split == shop.LineSplit)
		}
	}
	w.end()
}

func writeItem(w *jsonWriter, l *shop.Line, withSplits bool) {
	var id, description string
	if l.Article != nil {
		id, description = l.Article.ID, l.Article.Name
	}
	w.object("").optional("id", id).text("line_id", l.ID).optional("description", description).thousandths("quantity", l.Quantity).number("amount", l.Amount).
		number("vat", int64(l.VAT)).number("vat_amount", l.VATAmount())
	if withSplits {
		writeSplits(w, l.Shares)
	}
	w.end()
}

// writeSplits writes the sellers' shares, if there are any.
func writeSplits(w *jsonWriter, shares []shop.Share) {
	if len(shares) == 0 {
		return
	}
	w.list("splits")
	for _, s := range shares {
		w.object("").text("payout_destination_id", s.PayoutDestination).number("amount", s.Amount).end()
	}
	w.end()
}

func writeShippingOption(w *jsonWriter, l *shop.Line) {
	w.object("shipping_option").text("id", "bring-pick-up-00001").text("line_id", l.ID).number("amount", l.Amount).text("title", "Hentested").text("operator", "Bring").
		list("countries").text("", "NO").end().number("vat_amount", l.VATAmount()).number("vat", int64(l.VAT)).
		text("description", "Kjølt pakke til nærmeste hentested").text("delivery_method", "pick_up").text("operator_product_id", strings.TrimPrefix(l.ID, "bring-")).end()
}

// writeGiftCard writes an amount on the transaction's gift card, unless it is 0.
func writeGiftCard(w *jsonWriter, t *shop.Transaction, amount int64) {
	if amount == 0 {
		return
	}
	rng := shop.NewRNG(t.Key, 0x61)
	w.list("gift_cards").object("").text("type", "dintero.wallets").text("card_id", rng.UUID()).number("amount", amount).
		text("masked_card_token", "**** **** "+rng.Digits(4)).end().end()
}

// card is what is known of the card of a transaction that was paid with one.
type card struct{ masked, expiry, kind string }

func cardOf(t *shop.Transaction, rng *shop.RNG) card {
	if t.Brand == "" {
		return card{}
	}
	bins := map[string]string{"Visa": "476173", "Mastercard": "541333", "American Express": "374245", "Maestro": "679999"}
	return card{
		masked: bins[t.Brand] + "******" + rng.Digits(4), expiry: shop.Pick(rng, []string{"2027-03", "2028-09", "2029-12"}),
		kind: shop.Pick(rng, []string{"Debit", "Debit", "Credit"}),
	}
}

func (c card) write(w *jsonWriter, t *shop.Transaction, token string) {
	w.object("card").text("brand", t.Brand).text("masked_pan", c.masked).text("expiry_date", c.expiry).text("type", c.kind).text("region", "domestic").text("country", "NOR").
		text("product_platform", "consumer")
	if t.Channel == "in_store" {
		w.optional("payment_token_id", token).text("entry_method", "contactless").end()
	} else {
		w.text("authentication_status", "Y").text("three_ds_version", "2").text("eci", "05").optional("payment_token_id", token).end()
	}
}

func userAgents() []string {
	return []string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
	}
}
