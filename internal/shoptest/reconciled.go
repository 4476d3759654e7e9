package shoptest

import (
	"net/mail"
	"testing"

	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

// Reconciled is a shop of one daily report with a policy, and an operator.
func Reconciled(t testing.TB, policy reportconfig.Reconcile) *Shop {
	rep := paymenttest.Mailed("a@x.no")
	rep.Language, rep.Reconcile = reportconfig.English, policy
	s := New(t, nil, rep)
	s.Operator = &mail.Address{Address: "drift@x.no"}
	return s
}
