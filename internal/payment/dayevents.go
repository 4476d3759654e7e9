package payment

import (
	"time"

	"rapport/internal/money"
)

// DayEvents is what Dintero itself counts (Insight API, the KPI
// checkout-transaction-events): the successful events of one type on one UTC day, of one
// payment type and currency.
type DayEvents struct {
	Day         time.Time // date: its midnight, UTC
	Type        string    // event: CAPTURE or REFUND
	ProductType string    // payment_product_type
	Currency    money.Currency
	Count       int64 // count, not negative
	Sum         int64 // sum_amount, minor units, not negative; of refunds too
}
