package sandbox

import (
	"time"

	"rapport/fetch/sandbox/internal/shop"
)

const day = 24 * time.Hour

// view is what one request sees: whose account, until when.
type view struct {
	*shop.Shop
	account     string
	now         time.Time
	counted     time.Time // the KPI has counted nothing since; zero: all
	onlySuccess bool      // includes=events.success.true
}

// timestamp writes an instant as Dintero does: UTC with milliseconds.
func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func (v view) id(t *shop.Transaction) string { return v.account + "." + t.ID }

// details are the facts of a transaction that only its key decides.
type details struct {
	who       shop.Customer
	sessionID string
	tokenID   string // card.payment_token_id
}

func (v view) details(t *shop.Transaction) details {
	d := details{who: v.Customer(t.Key), sessionID: v.account + "." + shop.NewRNG(t.Key, 0xde).Letters(22)}
	if t.Brand != "" && t.Operation != "unscheduled_purchase" {
		d.tokenID = shop.NewRNG(t.Key%97, 0xdf).UUID()
	}
	return d
}

// correlation is what the provider files the payment under.
func correlation(t *shop.Transaction) string {
	return "po-" + shop.NewRNG(t.Key, 0xc0).Letters(12)
}

func requestID(t *shop.Transaction, i int, salt string) string {
	return shop.NewRNG(t.Key, uint64(i), uint64(len(salt))).Hex()
}
