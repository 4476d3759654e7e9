package sandbox

import (
	"strings"

	"rapport/fetch/sandbox/internal/shop"
)

func customer(who shop.Customer) object {
	return object{{"customer_id", who.ID}, {"email", who.Email}, {"phone_number", who.Phone}}
}

func billingAddress(who shop.Customer, comment string) object {
	return object{
		{"first_name", who.First}, {"last_name", who.Last}, {"address_line", who.Street}, {"postal_code", who.Postal}, {"postal_place", who.Town}, {"country", "NO"},
		{"phone_number", who.Phone}, {"email", who.Email}, {"comment", optional(comment)},
	}
}

func store(s *shop.Store) object {
	return object{
		{"id", s.ID}, {"name", s.Name}, {"business_name", "Fjordfisk " + s.City + " AS"},
		{"address", object{{"address_line", s.Street}, {"postal_code", s.Postal}, {"postal_place", s.City}, {"country", "NO"}}},
		{"chain", "Fjordfisk"}, {"email", "butikk." + s.ID + "@example.com"}, {"gln", s.GLN}, {"organization_number", "940155223MVA"}, {"phone_number", "+4700000" + s.ID[2:]},
		{"mcc", "5499"}, {"terminal_id", optional(s.Terminal)}, {"payout_destination_id", optional(s.Seller)},
	}
}

func item(l *shop.Line, withSplits bool) object {
	var id, description string
	if l.Article != nil {
		id, description = l.Article.ID, l.Article.Name
	}
	var shares []object
	if withSplits {
		shares = splits(l.Shares)
	}
	return object{
		{"id", optional(id)}, {"line_id", l.ID}, {"description", optional(description)}, {"quantity", float64(l.Quantity) / 1000}, // JSON has no other number; thousandths print exactly
		{"amount", l.Amount}, {"vat", l.VAT}, {"vat_amount", l.VATAmount()}, {"splits", shares},
	}
}

// splits are the sellers' shares; nil where there are none.
func splits(shares []shop.Share) []object {
	var all []object
	for _, s := range shares {
		all = append(all, object{{"payout_destination_id", s.PayoutDestination}, {"amount", s.Amount}})
	}
	return all
}

func shippingOption(l *shop.Line) object {
	return object{
		{"id", "bring-pick-up-00001"}, {"line_id", l.ID}, {"amount", l.Amount}, {"title", "Hentested"}, {"operator", "Bring"}, {"countries", []string{"NO"}},
		{"vat_amount", l.VATAmount()}, {"vat", l.VAT}, {"description", "Kjølt pakke til nærmeste hentested"}, {"delivery_method", "pick_up"},
		{"operator_product_id", strings.TrimPrefix(l.ID, "bring-")},
	}
}

// giftCards is amount on the transaction's gift card; nil where it is 0.
func giftCards(t *shop.Transaction, amount int64) []object {
	if amount == 0 {
		return nil
	}
	rng := shop.NewRNG(t.Key, 0x61)
	return []object{{{"type", "dintero.wallets"}, {"card_id", rng.UUID()}, {"amount", amount}, {"masked_card_token", "**** **** " + rng.Digits(4)}}}
}

// cardOf is the card that was paid with; nil where none was.
func cardOf(t *shop.Transaction, token string, rng *shop.RNG) object {
	if t.Brand == "" {
		return nil
	}
	bins := map[string]string{"Visa": "476173", "Mastercard": "541333", "American Express": "374245", "Maestro": "679999"}
	masked, expiry, kind := bins[t.Brand]+"******"+rng.Digits(4), shop.Pick(rng, []string{"2027-03", "2028-09", "2029-12"}), shop.Pick(rng, []string{"Debit", "Debit", "Credit"})
	auth, version, eci, entry := "Y", "2", "05", ""
	if t.Channel == "in_store" {
		auth, version, eci, entry = "", "", "", "contactless"
	}
	return object{
		{"brand", t.Brand}, {"masked_pan", masked}, {"expiry_date", expiry}, {"type", kind}, {"region", "domestic"}, {"country", "NOR"}, {"product_platform", "consumer"},
		{"authentication_status", optional(auth)}, {"three_ds_version", optional(version)}, {"eci", optional(eci)}, {"payment_token_id", optional(token)}, {"entry_method", optional(entry)},
	}
}

// cardSummary is the card as an order's operation has it.
func cardSummary(t *shop.Transaction) object {
	c := cardOf(t, "", shop.NewRNG(t.Key, 0x7a))
	if c == nil {
		return nil
	}
	return object{c[0], c[1], c[3]}
}

func userAgents() []string {
	return []string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
	}
}
