package report_test

import (
	"path/filepath"
	"testing"

	"rapport/fetch"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

func TestThePublishedExampleIs683Kroner(t *testing.T) {
	src := fetch.Files{TransactionsFile: filepath.Join("testdata", "published.json")}
	for _, language := range []reportconfig.Language{reportconfig.Norwegian, reportconfig.English} {
		paymenttest.Golden(t, "published-"+string(language)+".csv", csvOf(t, src, paymenttest.Report(reportconfig.Transactions{}, language), "2019-01-18"))
	}
	rows := paymenttest.RowsOf(t, csvOf(t, src, paymenttest.Report(reportconfig.Transactions{}, reportconfig.English), "2019-01-18"))
	if len(rows) != 2 || rows[0]["Captured"] != "597.00" || rows[1]["Captured"] != "86.00" {
		t.Errorf("captures of 597.00 and 86.00 are wanted, not the 722.00 that was authorised: %v", rows)
	}
}

func TestTheShippingThatIsNeverCapturedIsNotOpen(t *testing.T) {
	src := fetch.Files{TransactionsFile: filepath.Join("testdata", "published.json")}
	if rows := paymenttest.RowsOf(t, csvOf(t, src, paymenttest.Report(reportconfig.Open{}, reportconfig.English), "2019-01-18")); len(rows) != 0 {
		t.Errorf("Dintero calls it captured, and no later event did that: %v", rows)
	}
}
