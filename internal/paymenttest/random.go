package paymenttest

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"rapport/internal/money"
	"rapport/internal/payment"
	"rapport/reportconfig"
)

var EveryData = []reportconfig.Data{reportconfig.Transactions{}, reportconfig.Open{}, reportconfig.Orders{}, reportconfig.Wallets{}}

// RandomThings are some of each, several of one id with a newer or an equal version.
func RandomThings(t testing.TB, r *rand.Rand) (src Source) {
	for i := range r.IntN(60) {
		tx := RandomTransaction(t, r)
		tx.ID, tx.Status, tx.ProductType = fmt.Sprint("t", r.IntN(40)), "AUTHORIZED", []string{"vipps", "payex.creditcard"}[r.IntN(2)]
		if r.IntN(4) > 0 { // else its shares may be undecidable
			tx.Lines = nil
			for e := range tx.Events {
				tx.Events[e].Lines = nil
			}
		}
		tx.Store = payment.Store{ID: fmt.Sprint("s", r.IntN(3)), Name: "Oslo"}
		tx.Currency = []money.Currency{"NOK", "NOK", "EUR"}[r.IntN(3)]
		tx.Events = append(tx.Events, Event(t, payment.EventAuthorize, "2026-11-17T12:00:00+01:00", 0))
		tx.Amount++
		tx.UpdatedAt = At(t, "13:00").Add(time.Duration(r.IntN(3)) * time.Hour)
		src.Sales = append(src.Sales, tx)

		o := Order(t, Operation(t, payment.Capture, fmt.Sprint("c", i), r.Int64N(1000), payment.OperationLine{LineID: "1", Amount: 100, Destinations: []payment.Split{{PayoutDestination: string(rune('a' + r.IntN(3))), Amount: 100}}}))
		o.ID, o.UpdatedAt = fmt.Sprint("o", r.IntN(30)), tx.UpdatedAt
		src.OrderList = append(src.OrderList, o)
		src.Movements = append(src.Movements, payment.WalletTransaction{ID: fmt.Sprint("m", r.IntN(30)), CardID: "card", Type: "fund", Amount: r.Int64N(1000), Currency: "NOK", CreatedAt: At(t, "12:00")})
	}
	return src
}

func RandomReport(r *rand.Rand, kind int) *reportconfig.Report {
	some := func(values ...string) (out []string) {
		for _, v := range values {
			if r.IntN(2) == 0 {
				out = append(out, v)
			}
		}
		return out
	}
	data := []reportconfig.Data{
		reportconfig.Transactions{Stores: []string{"s0", "s1"}, Sellers: some("a", "b", "owner")},
		reportconfig.Open{Stores: []string{"s1", "s2"}, OlderThanDays: r.IntN(4)},
		reportconfig.Orders{Destinations: some("a", "b")},
		reportconfig.Wallets{},
	}[kind]
	rep := Report(data, []reportconfig.Language{reportconfig.Norwegian, reportconfig.English}[r.IntN(2)])
	rep.MachineCSV = r.IntN(3) == 0
	if kind != 2 {
		rep.ContentTypes = [][]reportconfig.ContentType{{reportconfig.CSV}, {reportconfig.PDF}, {reportconfig.PDF, reportconfig.CSV}}[r.IntN(3)]
	}
	return rep
}
