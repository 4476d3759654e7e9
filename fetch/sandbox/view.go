package sandbox

import (
	"strings"
	"time"
)

// view is what one request sees: whose account, until when.
type view struct {
	*books
	account     string
	now         time.Time
	counted     time.Time // the KPI has counted nothing since; zero: all
	onlySuccess bool      // includes=events.success.true
}

// stamp writes an instant as Dintero does: UTC with milliseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (v view) id(t *transaction) string { return v.account + "." + t.id }

// details are the facts of a transaction that only its key decides.
type details struct {
	who       person
	sessionID string
	tokenID   string // card.payment_token_id
}

func (v view) details(t *transaction) details {
	d := roll(t.key, 0xde)
	out := details{who: v.shop.people.person(t.key), sessionID: v.account + "." + d.letters(22)}
	if t.brand != "" && t.operation != "unscheduled_purchase" {
		out.tokenID = roll(t.key%97, 0xdf).uuid()
	}
	return out
}

// transaction is t as the listing shows it.
func (v view) transaction(t *transaction) wireTransaction {
	visible, _ := t.visible(v.now)
	d, die := v.details(t), roll(t.key, 0x7a)
	customer := wireCustomer{d.who.id, d.who.email, d.who.phone}
	out := wireTransaction{
		ProductID: t.method.product, ProductType: t.method.kind, Amount: t.amount, Currency: t.currency, ID: v.id(t), CreatedAt: stamp(t.created),
		Seller: t.seller, Reference: t.ref, Reference2: t.ref2, Channel: t.channel, Operation: t.operation, Descriptor: "FJORDFISK " + strings.ToUpper(t.store.city),
		SettlementStatus: settlementStatus(visible, v.now), Customer: customer, CustomerIP: "203.0.113." + die.digits(2), UserAgent: userAgent(die),
		Store: v.store(t.store), Status: status(visible), Items: items(t.lines, t.shipped, t.form == lineSplit), Events: v.events(t, visible),
		SessionID: d.sessionID, UpdatedAt: stamp(t.updated(visible, v.now)), Metadata: v.metadata(t, die), GiftCards: giftCards(t, t.gift), Card: cardOf(t, d, die),
	}
	out.SystemHeaders = wireSystem{"woocommerce", "9.4.2", "Dintero.Checkout.WooCommerce", "2024.10.01", "WordPress/6.7; https://fjordfisk.example.com"}
	if t.form != unsplit {
		out.Platform = "marketplace"
	}
	if t.channel != "in_store" {
		billing := &wireAddress{d.who.first, d.who.last, d.who.street, d.who.postal, d.who.town, "NO", d.who.phone, d.who.email, ""}
		shipping := *billing
		shipping.Comment = pick(die, []string{"", "", "Sett posen i skyggen", "Ring på to ganger"})
		out.BillingAddress, out.ShippingAddress = billing, &shipping
		out.URL = &wireURL{"https://checkout.dintero.com/v1/view/" + d.sessionID + "/redirect", "https://checkout.dintero.com/v1/view/" + d.sessionID + "/approve", "https://fjordfisk.example.com/callback"}
		out.Checkboxes = []wireCheckbox{{"terms", "Jeg godtar kjøpsvilkårene", true, true}}
	}
	if t.shipped {
		out.ShippingOption = shippingOption(&t.lines[len(t.lines)-1])
	}
	out.Session = v.session(t, d, out)
	return out
}

func (v view) session(t *transaction, d details, of wireTransaction) wireSession {
	return wireSession{
		ID: d.sessionID, CreatedAt: stamp(t.created.Add(-90 * time.Second)), UpdatedAt: of.CreatedAt, ExpiresAt: stamp(t.created.Add(day)), TransactionID: of.ID, Customer: of.Customer,
		URL: map[string]string{"return_url": "https://fjordfisk.example.com/kvittering", "callback_url": "https://fjordfisk.example.com/callback?method=GET", "merchant_terms_url": "https://fjordfisk.example.com/vilkar"},
		Order: wireSessionOrder{Amount: t.amount, Currency: t.currency, Reference: t.ref, Reference2: t.ref2, VATAmount: vatOf(t.lines), Items: of.Items,
			BillingAddress: of.BillingAddress},
		Configuration: map[string]any{
			"auto_capture": t.channel == "in_store", "channel": t.channel, "default_payment_type": t.method.kind,
			"countries": map[string]any{"preferred_country": "NO", "allow_countries": []string{"NO", "SE", "DK", "FI", "IS"}},
			"theme":     map[string]string{"primary": "#0b4f6c", "backdrop": "#ffffff"},
		},
		Events: []wireSessionStep{{"INITIATED", stamp(t.created.Add(-90 * time.Second))}, {"VISITED", stamp(t.created.Add(-80 * time.Second))}},
	}
}

func (v view) store(s *store) wireStore {
	return wireStore{
		ID: s.id, Name: s.name, BusinessName: "Fjordfisk " + s.city + " AS", Chain: "Fjordfisk", Email: "butikk." + s.id + "@example.com", GLN: s.gln,
		Address:      wireAddress{Line: s.street, Postal: s.postal, Town: s.city, Country: "NO"},
		Organization: "940155223MVA", Phone: "+4700000" + s.id[2:], MCC: "5499", Terminal: s.terminal, Seller: s.seller,
	}
}

// metadata is what the payment provider adds, by provider.
func (v view) metadata(t *transaction, die *dice) map[string]any {
	m := map[string]any{"merchant_name": "Fjordfisk AS", "merchant_country": "NO", "merchant_category_code": "5499", "payout": "payout_account", "payout_correlation_id": correlation(t)}
	switch t.method.product {
	case "payex":
		m["payex:payment:id"] = "/psp/creditcard/payments/" + die.uuid()
		m["payex:payment:number"] = 40_000_000_000 + int64(t.day)*1000 + int64(t.n)
		m["payex:payment:payee_info:payee_name"] = "Fjordfisk AS"
	case "vipps":
		m["vipps:transaction.orderId"] = die.letters(20)
		m["vipps:merchantInfo.merchantSerialNumber"] = "123456"
		m["vipps:merchantInfo.paymentType"] = "eComm Regular Payment"
	case "collector":
		m["collector:Invoice.InvoiceNumber"] = die.digits(8)
		m["collector:Invoice.CountryCode"] = "NO"
	case "klarna":
		m["klarna:authorized_payment_method:type"] = "invoice"
		m["klarna:authorized_payment_method:number_of_days"] = "14"
	case "swish":
		m["swish:payment_request:id"] = die.letters(32)
		m["swish:swish_number"] = "1230000000"
	case "bambora":
		m["bambora:merchant_number"] = "T000000000"
		m["bambora:transaction_id"] = die.digits(18)
	}
	return m
}

// correlation is what the provider files the payment under.
func correlation(t *transaction) string { return "po-" + roll(t.key, 0xc0).letters(12) }
