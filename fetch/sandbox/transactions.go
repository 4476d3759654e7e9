package sandbox

import (
	"strings"
	"time"

	"rapport/fetch/sandbox/internal/shop"
)

// transaction is t as of now, in the JSON of GET /v1/transactions. Amounts are in minor units.
func (v view) transaction(t *shop.Transaction) object {
	visible, _ := t.Visible(v.now)
	d, rng := v.details(t), shop.NewRNG(t.Key, 0x7a)
	ip, agent := "203.0.113."+rng.Digits(2), shop.Pick(rng, userAgents())
	metadata := v.metadata(t, rng)
	card := cardOf(t, d.tokenID, rng)
	var platform string
	if t.Split != shop.Unsplit {
		platform = "marketplace"
	}
	var billing, shipping, addresses, option object
	var checkboxes []object
	if t.Channel != "in_store" {
		billing = billingAddress(d.who, "")
		shipping = billingAddress(d.who, shop.Pick(rng, []string{"", "", "Sett posen i skyggen", "Ring på to ganger"}))
		page := "https://checkout.dintero.com/v1/view/" + d.sessionID
		addresses = object{{"redirect_url", page + "/redirect"}, {"approval_url", page + "/approve"}, {"callback_url", "https://fjordfisk.example.com/callback"}}
		checkboxes = []object{{{"id", "terms"}, {"label", "Jeg godtar kjøpsvilkårene"}, {"checked", true}, {"required", true}}}
	}
	goods := t.Lines
	if t.Shipped {
		goods = goods[:len(goods)-1]
		option = shippingOption(&t.Lines[len(goods)])
	}
	items := []object{}
	for i := range goods {
		items = append(items, item(&goods[i], t.Split == shop.LineSplit))
	}
	return object{
		{"payment_product", t.Method.Product}, {"payment_product_type", t.Method.Type}, {"amount", t.Amount}, {"currency", t.Currency}, {"id", v.id(t)},
		{"created_at", timestamp(t.Created)}, {"payout_destination_id", optional(t.Seller)}, {"merchant_reference", t.Reference}, {"channel", t.Channel},
		{"platform_type", optional(platform)}, {"merchant_reference_2", optional(t.Reference2)}, {"dynamic_descriptor", "FJORDFISK " + strings.ToUpper(t.Store.City)},
		{"payment_operation", t.Operation}, {"settlement_status", settlementStatus(visible, v.now)}, {"customer", customer(d.who)}, {"customer_ip", ip}, {"user_agent", agent},
		{"initiating_system_request_headers", object{
			{"dintero-system-name", "woocommerce"}, {"dintero-system-version", "9.4.2"}, {"dintero-system-plugin-name", "Dintero.Checkout.WooCommerce"},
			{"dintero-system-plugin-version", "2024.10.01"}, {"user-agent", "WordPress/6.7; https://fjordfisk.example.com"},
		}},
		{"shipping_address", shipping}, {"shipping_option", option}, {"billing_address", billing}, {"store", store(t.Store)}, {"status", shop.Status(visible)},
		{"gift_cards", giftCards(t, t.Gift)}, {"items", items}, {"url", addresses}, {"events", v.events(t, visible)}, {"session_id", d.sessionID},
		{"session", v.session(t, d, items, billing)}, {"updated_at", timestamp(t.Updated(visible, v.now))}, {"metadata", metadata}, {"checkboxes", checkboxes}, {"card", card},
	}
}

func (v view) session(t *shop.Transaction, d details, items []object, billing object) object {
	visited := func(before time.Duration, name string) object {
		return object{{"name", name}, {"created_at", timestamp(t.Created.Add(-before))}}
	}
	return object{
		{"id", d.sessionID},
		{"url", map[string]string{"return_url": "https://fjordfisk.example.com/kvittering", "callback_url": "https://fjordfisk.example.com/callback?method=GET", "merchant_terms_url": "https://fjordfisk.example.com/vilkar"}},
		{"order", object{
			{"amount", t.Amount}, {"currency", t.Currency}, {"merchant_reference", t.Reference}, {"merchant_reference_2", optional(t.Reference2)}, {"vat_amount", shop.VATOf(t.Lines)},
			{"partial_payment", false}, {"items", items}, {"billing_address", billing},
		}},
		{"configuration", map[string]any{
			"auto_capture": t.Channel == "in_store", "channel": t.Channel, "default_payment_type": t.Method.Type,
			"countries": map[string]any{"preferred_country": "NO", "allow_countries": []string{"NO", "SE", "DK", "FI", "IS"}},
			"theme":     map[string]string{"primary": "#0b4f6c", "backdrop": "#ffffff"},
		}},
		{"customer", customer(d.who)}, {"expires_at", timestamp(t.Created.Add(day))}, {"created_at", timestamp(t.Created.Add(-90 * time.Second))}, {"updated_at", timestamp(t.Created)},
		{"transaction_id", v.id(t)}, {"events", []object{visited(90*time.Second, "INITIATED"), visited(80*time.Second, "VISITED")}},
	}
}

// metadata is what the payment provider adds, by provider.
func (v view) metadata(t *shop.Transaction, rng *shop.RNG) map[string]any {
	m := map[string]any{"merchant_name": "Fjordfisk AS", "merchant_country": "NO", "merchant_category_code": "5499", "payout": "payout_account", "payout_correlation_id": correlation(t)}
	switch t.Method.Product {
	case "payex":
		m["payex:payment:id"] = "/psp/creditcard/payments/" + rng.UUID()
		m["payex:payment:number"] = 40_000_000_000 + int64(t.Day)*1000 + int64(t.N)
		m["payex:payment:payee_info:payee_name"] = "Fjordfisk AS"
	case "vipps":
		m["vipps:transaction.orderId"] = rng.Letters(20)
		m["vipps:merchantInfo.merchantSerialNumber"] = "123456"
		m["vipps:merchantInfo.paymentType"] = "eComm Regular Payment"
	case "collector":
		m["collector:Invoice.InvoiceNumber"] = rng.Digits(8)
		m["collector:Invoice.CountryCode"] = "NO"
	case "klarna":
		m["klarna:authorized_payment_method:type"] = "invoice"
		m["klarna:authorized_payment_method:number_of_days"] = "14"
	case "swish":
		m["swish:payment_request:id"] = rng.Letters(32)
		m["swish:swish_number"] = "1230000000"
	case "bambora":
		m["bambora:merchant_number"] = "T000000000"
		m["bambora:transaction_id"] = rng.Digits(18)
	}
	return m
}
