package sandbox

import (
	"slices"
	"strings"
	"time"

	"rapport/fetch/sandbox/internal/shop"
)

// writeTransaction writes t as of now, in the JSON of GET /v1/transactions. Amounts are in
// minor units.
func (v view) writeTransaction(w *jsonWriter, t *shop.Transaction) {
	visible, _ := t.Visible(v.now)
	d, rng := v.details(t), shop.NewRNG(t.Key, 0x7a)
	ip, agent := "203.0.113."+rng.Digits(2), shop.Pick(rng, userAgents())
	metadata, card, comment := providerMetadata(t, rng), cardOf(t, rng), ""
	online := t.Channel != "in_store"
	if online {
		comment = shop.Pick(rng, []string{"", "", "Sett posen i skyggen", "Ring på to ganger"})
	}
	w.object("").text("payment_product", t.Method.Product).text("payment_product_type", t.Method.Type).number("amount", t.Amount).text("currency", t.Currency).text("id", v.id(t)).
		text("created_at", timestamp(t.Created)).optional("payout_destination_id", t.Seller).text("merchant_reference", t.Reference).text("channel", t.Channel)
	if t.Split != shop.Unsplit {
		w.text("platform_type", "marketplace")
	}
	w.optional("merchant_reference_2", t.Reference2).text("dynamic_descriptor", "FJORDFISK "+strings.ToUpper(t.Store.City)).text("payment_operation", t.Operation).
		text("settlement_status", settlementStatus(visible, v.now))
	writeCustomer(w, d.who)
	w.text("customer_ip", ip).text("user_agent", agent).
		object("initiating_system_request_headers").text("dintero-system-name", "woocommerce").text("dintero-system-version", "9.4.2").
		text("dintero-system-plugin-name", "Dintero.Checkout.WooCommerce").text("dintero-system-plugin-version", "2024.10.01").
		text("user-agent", "WordPress/6.7; https://fjordfisk.example.com").end()
	if online {
		writeAddress(w, "shipping_address", d.who, comment)
	}
	if t.Shipped {
		writeShippingOption(w, &t.Lines[len(t.Lines)-1])
	}
	if online {
		writeAddress(w, "billing_address", d.who, "")
	}
	writeStore(w, t.Store)
	w.text("status", shop.Status(visible))
	writeGiftCard(w, t, t.Gift)
	writeItems(w, t)
	if online {
		page := "https://checkout.dintero.com/v1/view/" + d.sessionID
		w.object("url").text("redirect_url", page+"/redirect").text("approval_url", page+"/approve").text("callback_url", "https://fjordfisk.example.com/callback").end()
	}
	v.writeEvents(w, t, visible)
	w.text("session_id", d.sessionID)
	v.writeSession(w, t, d)
	w.text("updated_at", timestamp(t.Updated(visible, v.now))).object("metadata")
	for _, m := range metadata {
		if m.number > 0 {
			w.number(m.name, m.number)
		} else {
			w.text(m.name, m.text)
		}
	}
	w.end()
	if online {
		w.list("checkboxes").object("").text("id", "terms").text("label", "Jeg godtar kjøpsvilkårene").bool("checked", true).bool("required", true).end().end()
	}
	if t.Brand != "" {
		card.write(w, t, d.tokenID)
	}
	w.end()
}

func (v view) writeSession(w *jsonWriter, t *shop.Transaction, d details) {
	created := timestamp(t.Created.Add(-90 * time.Second))
	w.object("session").text("id", d.sessionID).object("url").text("callback_url", "https://fjordfisk.example.com/callback?method=GET").
		text("merchant_terms_url", "https://fjordfisk.example.com/vilkar").text("return_url", "https://fjordfisk.example.com/kvittering").end()
	w.object("order").number("amount", t.Amount).text("currency", t.Currency).text("merchant_reference", t.Reference).optional("merchant_reference_2", t.Reference2).
		number("vat_amount", shop.VATOf(t.Lines)).bool("partial_payment", false)
	writeItems(w, t)
	if t.Channel != "in_store" {
		writeAddress(w, "billing_address", d.who, "")
	}
	w.end().object("configuration").bool("auto_capture", t.Channel == "in_store").text("channel", t.Channel).
		object("countries").list("allow_countries").text("", "NO").text("", "SE").text("", "DK").text("", "FI").text("", "IS").end().text("preferred_country", "NO").end().
		text("default_payment_type", t.Method.Type).object("theme").text("backdrop", "#ffffff").text("primary", "#0b4f6c").end().end()
	writeCustomer(w, d.who)
	w.text("expires_at", timestamp(t.Created.Add(day))).text("created_at", created).text("updated_at", timestamp(t.Created)).text("transaction_id", v.id(t)).
		list("events").object("").text("name", "INITIATED").text("created_at", created).end().
		object("").text("name", "VISITED").text("created_at", timestamp(t.Created.Add(-80*time.Second))).end().end().end()
}

// metadatum is something that the payment provider adds: a text, or a number.
type metadatum struct {
	name, text string
	number     int64
}

// providerMetadata is what the payment provider adds, by provider; sorted.
func providerMetadata(t *shop.Transaction, rng *shop.RNG) []metadatum {
	all := []metadatum{
		{name: "merchant_name", text: "Fjordfisk AS"}, {name: "merchant_country", text: "NO"}, {name: "merchant_category_code", text: "5499"},
		{name: "payout", text: "payout_account"}, {name: "payout_correlation_id", text: correlation(t)},
	}
	add := func(name, text string) { all = append(all, metadatum{name: t.Method.Product + ":" + name, text: text}) }
	switch t.Method.Product {
	case "payex":
		add("payment:id", "/psp/creditcard/payments/"+rng.UUID())
		all = append(all, metadatum{name: "payex:payment:number", number: 40_000_000_000 + int64(t.Day)*1000 + int64(t.N)})
		add("payment:payee_info:payee_name", "Fjordfisk AS")
	case "vipps":
		add("transaction.orderId", rng.Letters(20))
		add("merchantInfo.merchantSerialNumber", "123456")
		add("merchantInfo.paymentType", "eComm Regular Payment")
	case "collector":
		add("Invoice.InvoiceNumber", rng.Digits(8))
		add("Invoice.CountryCode", "NO")
	case "klarna":
		add("authorized_payment_method:type", "invoice")
		add("authorized_payment_method:number_of_days", "14")
	case "swish":
		add("payment_request:id", rng.Letters(32))
		add("swish_number", "1230000000")
	case "bambora":
		add("merchant_number", "T000000000")
		add("transaction_id", rng.Digits(18))
	}
	slices.SortFunc(all, func(a, b metadatum) int { return strings.Compare(a.name, b.name) })
	return all
}
