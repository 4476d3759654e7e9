package payment_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"rapport/internal/payment"
)

func TestWhatIsReservedExpiresWhenItIsReleased(t *testing.T) {
	end := time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC)
	move := func(kind, parent string, hours int, amount int64) payment.WalletTransaction {
		return payment.WalletTransaction{ID: fmt.Sprint(hours), Type: kind, ParentID: parent, Amount: amount, Currency: "NOK", CreatedAt: end.Add(time.Duration(hours) * time.Hour)}
	}
	fund, hold := move(payment.WalletFund, "", -9, 100), move(payment.WalletReserved, "", -5, 40)
	for name, c := range map[string]struct {
		moves []payment.WalletTransaction
		want  string
	}{
		"nothing used":        {[]payment.WalletTransaction{fund}, "100 at 0h"},
		"used up":             {[]payment.WalletTransaction{fund, move(payment.WalletDrawdown, "", -2, 100)}, ""},
		"captured before":     {[]payment.WalletTransaction{fund, hold, move(payment.WalletDrawdown, "h", -2, 40)}, "60 at 0h"},
		"released before":     {[]payment.WalletTransaction{fund, hold, move(payment.WalletReleased, "h", -2, 40)}, "100 at 0h"},
		"reserved":            {[]payment.WalletTransaction{fund, hold}, "60 at 0h"},
		"captured after":      {[]payment.WalletTransaction{fund, hold, move(payment.WalletDrawdown, "h", 3, 40)}, "60 at 0h"},
		"released after":      {[]payment.WalletTransaction{fund, hold, move(payment.WalletReleased, "h", 3, 40)}, "60 at 0h, 40 at 3h"},
		"captured in part":    {[]payment.WalletTransaction{fund, hold, move(payment.WalletDrawdown, "h", 3, 30), move(payment.WalletReleased, "h", 4, 10)}, "60 at 0h, 10 at 4h"},
		"all of it reserved":  {[]payment.WalletTransaction{fund, move(payment.WalletReserved, "", -1, 100), move(payment.WalletReleased, "h", 1, 100)}, "100 at 1h"},
		"released what is no": {[]payment.WalletTransaction{fund, move(payment.WalletReleased, "h", 3, 40)}, "100 at 0h"},
	} {
		var got []string
		for _, e := range (payment.GiftCard{ID: "k", ExpiresAt: end}).Expiry(c.moves) {
			if !e.Expired || e.CardID != "k" {
				t.Errorf("%s: %+v", name, e)
			}
			got = append(got, fmt.Sprintf("%d at %.0fh", e.Amount, e.CreatedAt.Sub(end).Hours()))
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %q expires, not %q", name, s, c.want)
		}
	}
	broken := payment.GiftCard{ID: "k", Fault: errors.New("no time")}
	if e := broken.Expiry([]payment.WalletTransaction{fund}); len(e) != 1 || e[0].Fault == nil || !e[0].Expired {
		t.Errorf("a card of which nobody knows when it expires: %+v", e)
	}
}
