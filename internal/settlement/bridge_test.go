package settlement_test

import (
	"errors"
	"testing"
	"time"

	"rapport/internal/money"
	"rapport/internal/payment"
	"rapport/internal/settlement"
)

func TestABridgeLeadsFromWhatWasCapturedToTheBank(t *testing.T) {
	b := newBooks(t)
	b.settles("s1", "11-17 09:00", "payout", 10000, 0, 150)
	b.sold("11-14 10:00", "dintero_psp", 10000, "s1")
	b.sold("11-17 10:00", "dintero_psp", 5000, "")
	o := b.expect("2026-11-17", "payout opening 10000 captured 5000 fees 150 paid 9850 closing 5000 unsettled 5000, 1 rows")
	if !o.Computed || o.Gap {
		t.Error("the first opening is computed, and it is said")
	}
	b.sold("11-18 23:59", "dintero_psp", -1000, "")
	b.expect("2026-11-18", "payout opening 5000 refunded -1000 closing 4000 unsettled 4000, 0 rows")
	b.settles("s2", "11-24 09:00", "payout", 5000, 1000, 60)
	b.settle(1, "s2")
	b.settle(2, "s2")
	if o := b.expect("2026-11-24", "payout opening 4000 fees 60 paid 3940, 1 rows"); !o.Gap {
		t.Error("days between two bridges are not said")
	}
}

// A settlement takes out of the bridge what its events have put in: what its events do not have
// stays, as unexplained, and stays there in the next ones.
func TestWhatIsHiddenIsUnexplainedToTheOre(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "payex", 10000, "s1")
	b.settles("s1", "11-17 09:00", "payex", 10000, 777, 150) // a chargeback that is on no transaction
	b.expect("2026-11-17", "payex opening 10000 fees 150 paid 9073 closing 777 unexplained 777, 1 rows")
	b.expect("2026-11-18", "payex opening 777 closing 777 unexplained 777, 0 rows")
}

func TestAnUnsoundSettlementIsUnexplained(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "vipps", 10000, "s1")
	b.settles("s1", "11-17 09:00", "vipps", 10000, 0, 150).Amounts[0].Amount = 9000
	b.expect("2026-11-17", "vipps opening 10000 fees 150 paid 9000 closing 850 unexplained 850, 1 rows")
}

// Postponed is no payout. When it turns to paid it is in the report that is made then, whatever
// its date is.
func TestAPostponedSettlementIsPaidWhereItIsFirstReadAsPaid(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "payout", 10000, "s1")
	s := b.settles("s1", "11-17 09:00", "payout", 10000, 0, 150)
	s.PaymentStatus = payment.StatusPostponed
	o := b.expect("2026-11-17", "payout opening 10000 closing 10000 postponed 10000, 1 rows")
	if len(o.Waiting) != 1 || len(o.PaidRows()) != 0 {
		t.Errorf("%d wait, %d are paid", len(o.Waiting), len(o.PaidRows()))
	}
	b.expect("2026-11-18", "payout opening 10000 closing 10000 postponed 10000, 0 rows")
	s.PaymentStatus = payment.StatusPaid
	if o := b.expect("2026-11-19", "payout opening 10000 fees 150 paid 9850, 1 rows"); !o.Rows[0].Late {
		t.Error("it is not said that it is of a day before")
	}
	b.expect("2026-11-20", ", 0 rows")
}

// A negative balance: refunds above sales. The word is another one, the arithmetic the same.
func TestANegativeSettlementIsOwed(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "payout", -5000, "s1")
	b.settles("s1", "11-17 09:00", "payout", 0, 5000, -20)
	b.expect("2026-11-17", "payout opening -5000 fees -20 paid -4980, 1 rows")
}

func TestALateRecordBelongsToTheFirstReportThatSeesIt(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "payex", 10000, "s1")
	b.expect("2026-11-17", "payex opening 10000 closing 10000 unsettled 10000, 0 rows")
	b.settles("s1", "11-17 09:00", "payex", 10000, 0, 150)
	if o := b.expect("2026-11-18", "payex opening 10000 fees 150 paid 9850, 1 rows"); !o.Rows[0].Late {
		t.Error("it is not said that it is of a day before")
	}
}

// A refund after the settlement, or one that arrives when its period is closed, is in a bridge.
func TestALateEventIsCountedInTheFirstBridgeThatSeesIt(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "payout", 10000, "")
	b.expect("2026-11-17", "payout opening 10000 closing 10000 unsettled 10000, 0 rows")
	b.sold("11-17 23:59", "payout", -400, "")
	o := b.expect("2026-11-18", "payout opening 10000 refunded -400 closing 9600 unsettled 9600, 0 rows")
	if o.LateMovements != 1 {
		t.Errorf("%d late", o.LateMovements)
	}
	b.expect("2026-11-19", "payout opening 9600 closing 9600 unsettled 9600, 0 rows")
}

// What a product's provider is called is known once it settles; what stood under the product moves.
func TestWhatMovesBetweenLinesIsShownUnderOpeningOfBoth(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "dintero_psp", 10000, "")
	b.sold("11-16 11:00", "dintero_psp", 500, "")
	b.expect("2026-11-17", "dintero_psp opening 10500 closing 10500 unsettled 10500, 0 rows")
	b.settles("s1", "11-18 09:00", "payout", 10000, 0, 150)
	b.settle(0, "s1")
	if o := b.expect("2026-11-18", "payout opening 10500 fees 150 paid 9850 closing 500 unsettled 500, 1 rows"); !o.Moved {
		t.Error("it is not said that something moved")
	}
}

func TestASellersPayoutIsALineOfItsOwn(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "payout", 10000, "s1")
	b.moves[0].Parts = []settlement.Part{{Settlement: "s1", Gross: 8000}, {Settlement: "s2", Gross: 2000}}
	b.settles("s1", "11-17 09:00", "payout", 8000, 0, 100).PayoutDestination = "fisk"
	b.settles("s2", "11-17 09:00", "payout", 2000, 0, 25)
	b.expect("2026-11-17", "payout opening 2000 fees 25 paid 1975; fisk payout opening 8000 fees 100 paid 7900, 2 rows")
	only := newBooks(t)
	only.moves, only.paid, only.filter.Sellers = b.moves, b.paid, []string{"fisk"}
	only.expect("2026-11-17", "fisk payout opening 8000 fees 100 paid 7900, 1 rows")
	other := newBooks(t)
	other.moves, other.paid, other.filter.Providers = b.moves, b.paid, []string{"vipps"}
	other.expect("2026-11-17", ", 0 rows")
}

func TestNothingIsSummedAcrossCurrencies(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "payout", 10000, "s1")
	b.sold("11-16 11:00", "payout", 700, "s1")
	b.moves[1].Currency = "EUR"
	s := b.settles("s1", "11-17 09:00", "payout", 10000, 0, 100)
	s.Amounts = append(s.Amounts, payment.SettlementAmount{Currency: "EUR", Capture: 700, Fee: 7, Amount: 693})
	b.expect("2026-11-17", "payout opening 700 fees 7 paid 693; payout opening 10000 fees 100 paid 9900, 2 rows")
}

func TestASettlementIdThatIsNotListedIsNotSettled(t *testing.T) {
	b := newBooks(t)
	b.sold("11-17 10:00", "payex", 10000, "unknown")
	b.expect("2026-11-17", "payex captured 10000 closing 10000 unsettled 10000, 0 rows")
}

// TestASettlementOlderThanTheListingIsNotMissed: settlements are listed 90 days back, movements read as
// far back as the settlements that are told of. One of another provider's is in no record of the report.
func TestASettlementOlderThanTheListingIsNotMissed(t *testing.T) {
	for _, counted := range []bool{false, true} { // the rest of the movement, before the settlement was made
		b := newBooks(t)
		b.filter.Providers = []string{"vipps"}
		b.sold("05-10 10:00", "vipps", 10000, "other")
		b.sold("05-10 11:00", "vipps", 700, "")
		b.sold("05-10 12:00", "vipps", 1, "mine") // which is whose the product is from then on
		b.settles("mine", "05-13 09:00", "vipps", 1, 0, 0)
		if counted {
			b.moves[0].Parts = nil
			b.expect("2026-05-11", "vipps opening 10701 closing 10701 unsettled 10701, 0 rows")
			b.settle(0, "other")
		}
		b.settles("other", "05-12 09:00", "payout", 10000, 0, 150)
		b.bridge("2026-06-01")
		b.bridge("2026-11-16")
		delete(b.paid, "other")
		delete(b.paid, "mine")
		b.settle(1, "s")
		b.settles("s", "11-17 09:00", "vipps", 700, 0, 7).StartAt = b.at("05-10 00:00")
		if o := b.expect("2026-11-17", "vipps opening 700 fees 7 paid 693, 1 rows"); len(o.Unlisted) > 0 {
			t.Errorf("it is said that %v are not listed", o.Unlisted)
		}
		b.settles("far", "11-17 09:00", "payout", 1, 0, 0).StartAt = b.at("05-10 00:00")
		q := b.question("2026-11-18")
		if since := settlement.MovedSince(&q, b.history, b.paid); !since.Equal(b.at("08-20 00:00")) {
			t.Errorf("movements are read since %s for a settlement that the report never tells of", since)
		}
	}
}

// TestWhatNobodyListsStaysNotSettled, however old it is.
func TestWhatNobodyListsStaysNotSettled(t *testing.T) {
	b := newBooks(t)
	b.sold("05-10 10:00", "vipps", 10000, "unknown")
	b.sold("05-10 11:00", "vipps", 700, "")
	if o := b.expect("2026-06-01", "vipps opening 10700 closing 10700 unsettled 10700, 0 rows"); !o.Unlisted["unknown"] {
		t.Error("it is not named")
	}
	b.bridge("2026-11-16")
	b.settle(1, "s")
	b.settles("s", "11-17 09:00", "vipps", 700, 0, 7).StartAt = b.at("05-10 00:00")
	b.expect("2026-11-17", "vipps opening 10700 fees 7 paid 693 closing 10000 unsettled 10000, 1 rows")
	b.expect("2026-11-18", "vipps opening 10000 closing 10000 unsettled 10000, 0 rows")
}

// The payment made in the last second of the year is in it, and in no other report.
func TestTheLastSecondOfTheYearIsInOneBridge(t *testing.T) {
	b := newBooks(t)
	b.sold("2026-12-31 23:59", "payout", 100, "")
	b.moves[0].At = b.moves[0].At.Add(59*time.Second + 999*time.Millisecond)
	b.sold("2027-01-01 00:00", "payout", 1000, "")
	b.expect("2026-12-31", "payout captured 100 closing 100 unsettled 100, 0 rows")
	b.expect("2027-01-01", "payout opening 100 captured 1000 closing 1100 unsettled 1100, 0 rows")
}

func TestAProviderThatOwesASettlementForLongIsNamed(t *testing.T) {
	b := newBooks(t)
	b.sold("10-01 10:00", "vipps", 10000, "")
	b.sold("11-16 10:00", "klarna", 500, "")
	o := b.bridge("2026-11-17")
	if len(o.Silent) != 1 || o.Silent[0].Provider != "vipps" || len(o.Silent[0].Amounts) != 1 || o.Silent[0].Amounts[0] != (money.Amount{Minor: 10000, Currency: "NOK"}) {
		t.Errorf("named are %+v", o.Silent)
	}
	if want := [4]int64{500, 0, 10000, 0}; len(o.Ages) != 1 || o.Ages[0].Amounts != want {
		t.Errorf("by age %+v, want %v", o.Ages, want)
	}
	b.settles("s", "11-10 09:00", "vipps", 1, 0, 0) // somebody is at it
	again := newBooks(t)
	again.moves, again.paid = b.moves, b.paid
	if o := again.bridge("2026-11-17"); len(o.Silent) != 0 {
		t.Errorf("named are %+v", o.Silent)
	}
}

// A change of a settlement that was told of is told once, and counts nothing twice.
func TestAChangedSettlementIsToldOnce(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "payout", 10000, "s1")
	s := b.settles("s1", "11-17 09:00", "payout", 10000, 0, 150)
	b.bridge("2026-11-17")
	s.Amounts[0].Fee, s.Amounts[0].Amount = 250, 9750
	if o := b.expect("2026-11-18", ", 0 rows"); len(o.Changed) != 1 || o.Changed[0].Before.Amount != 9850 || o.Changed[0].Now.Amount != 9750 {
		t.Errorf("changed: %+v", o.Changed)
	}
	if o := b.expect("2026-11-19", ", 0 rows"); len(o.Changed) != 0 {
		t.Error("it is told again")
	}
}

// Made again, after a crash or by another machine, a bridge is the same, and counts nothing twice.
func TestABridgeThatIsMadeAgainIsTheSame(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "payout", 10000, "s1")
	b.sold("11-17 10:00", "payout", 500, "")
	b.settles("s1", "11-17 09:00", "payout", 10000, 0, 150)
	b.bridge("2026-11-16")
	first := says(b.bridge("2026-11-17"))
	o, err := settlement.Make(b.question("2026-11-17"), b.history, b.reading())
	if err != nil {
		t.Fatal(err)
	}
	if got := says(o); got != first {
		t.Errorf("again: %s\nfirst: %s", got, first)
	}
}

// A period that is made later than the ones after it takes nothing that those have told of.
func TestABridgeOfAnOlderPeriodTakesNothingFromALaterOne(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "payout", 10000, "s1")
	b.settles("s1", "11-17 09:00", "payout", 10000, 0, 150).CreatedAt = b.at("11-18 12:00")
	b.bridge("2026-11-18")
	b.history = newHistory(t)
	b.bridge("2026-11-16")
	b.bridge("2026-11-18") // which has s1, late
	if o := b.bridge("2026-11-17"); len(o.Rows) != 0 {
		t.Errorf("it is told twice: %s", says(o))
	}
}

func TestASettlementThatCannotBeReadIsRefused(t *testing.T) {
	b := newBooks(t)
	fault := errors.New("amount: no number")
	b.settles("s1", "11-17 09:00", "payout", 1, 0, 0).Fault = fault
	if _, err := settlement.Make(b.question("2026-11-17"), b.history, b.reading()); !errors.Is(err, fault) {
		t.Errorf("%v", err)
	}
	if _, err := settlement.Make(b.question("2026-11-16"), b.history, b.reading()); err != nil {
		t.Errorf("of a period to come: %v", err)
	}
}

func TestASumThatDoesNotFitIsRefused(t *testing.T) {
	b := newBooks(t)
	b.sold("11-17 10:00", "payout", 1<<62, "")
	b.sold("11-17 11:00", "payout", 1<<62, "")
	if _, err := settlement.Make(b.question("2026-11-17"), b.history, b.reading()); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("%v", err)
	}
}

// TestABridgeOfOtherFiltersIsNoOpening: it was of other money.
func TestABridgeOfOtherFiltersIsNoOpening(t *testing.T) {
	b := newBooks(t)
	b.sold("11-16 10:00", "payout", 10000, "")
	b.bridge("2026-11-17")
	if o := b.bridge("2026-11-18"); o.Computed {
		t.Error("the day before is not its opening")
	}
	b.filter.Providers = []string{"payout"}
	if o := b.bridge("2026-11-19"); !o.Computed {
		t.Error("a bridge of other filters is its opening")
	}
}
