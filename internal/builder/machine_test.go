package builder

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rapport/fetch"
	"rapport/internal/payment"
	"rapport/internal/paymenttest"
	"rapport/reportconfig"
)

func machine(rep *reportconfig.Report) *reportconfig.Report {
	rep.MachineCSV = true
	return rep
}

func TestAMachineCSVIsTheSameInEveryLanguage(t *testing.T) {
	src := paymenttest.RandomThings(t, rand.New(rand.NewPCG(3, 5)))
	src.OrderList = append(src.OrderList, twoRates(t))
	offsets := regexp.MustCompile(`T(\d\d:\d\d:\d\d)\+01:00`)
	for _, data := range paymenttest.EveryData {
		english := csvOf(t, src, machine(paymenttest.Report(data, "en")), "2026-11-19")
		norwegian := csvOf(t, src, machine(paymenttest.Report(data, "no")), "2026-11-19")
		if diff := cmp.Diff(english, norwegian); diff != "" {
			t.Errorf("%s: English (-) and Norwegian (+):\n%s", data.DataType(), diff)
		}
		if n := strings.Count(norwegian, "\r\n"); n < 3 || strings.HasPrefix(norwegian, "\ufeff") {
			t.Errorf("%s: %d lines, beginning with %.20q", data.DataType(), n, norwegian)
		}
		local := csvOf(t, src, paymenttest.Report(data, "en"), "2026-11-19")
		if got := "\ufeff" + offsets.ReplaceAllString(norwegian, " $1"); got != local {
			t.Errorf("%s: what is not a time or the mark at the start is as in an English CSV:\n%s", data.DataType(), cmp.Diff(local, got))
		}
	}
}

func TestThePublishedExampleForPrograms(t *testing.T) {
	src := fetch.Files{TransactionsFile: filepath.Join("..", "report", "testdata", "published.json")}
	paymenttest.Golden(t, "published-machine.csv", csvOf(t, src, machine(paymenttest.Report(reportconfig.Transactions{}, "no")), "2019-01-18"))
}

func TestAMachineCSVLeavesTheReportInItsLanguage(t *testing.T) {
	src := paymenttest.RandomThings(t, rand.New(rand.NewPCG(5, 7)))
	for _, data := range paymenttest.EveryData {
		stories := map[bool]string{}
		for _, forPrograms := range []bool{true, false} {
			rep := paymenttest.Report(data, "no")
			rep.MachineCSV = forPrograms
			if data.DataType() != reportconfig.OrderOperations {
				rep.ContentTypes = []reportconfig.ContentType{reportconfig.PDF, reportconfig.CSV}
			}
			r := newBuilder(t, src)
			a := batchOf(t, "2026-11-19", rep)
			r.buildAll(t.Context(), a)
			out := outcome(t, a[0])
			for _, f := range a[0].files {
				if f.ContentType == string(reportconfig.PDF) {
					out["story"] += out[filepath.Base(f.Path)]
				}
			}
			stories[forPrograms] = out["figures"] + out["story"] + fmt.Sprint(a[0].statement)
		}
		if stories[true] != stories[false] {
			t.Errorf("%s: totals, PDF and mail change with the CSV:\n%s", data.DataType(), cmp.Diff(stories[false], stories[true]))
		}
	}
}

// twoRates is an order whose line has two rates of VAT.
func twoRates(t *testing.T) payment.Order {
	o := paymenttest.Order(t, paymenttest.Operation(t, payment.Refund, "r", 1000, payment.OperationLine{LineID: "1", Amount: 1000}))
	o.ID = "two rates"
	o.Lines[0].Taxes = []payment.Tax{{Percentage: "12.50", Amount: 100}, {Percentage: "15", Amount: 100}}
	return o
}

func TestSeveralRatesHaveTheDecimalMarkOfTheFile(t *testing.T) {
	src := paymenttest.Source{OrderList: []payment.Order{twoRates(t)}}
	for want, rep := range map[string]*reportconfig.Report{
		"12,5 + 15": paymenttest.Report(reportconfig.Orders{}, "no"), "12.5 + 15": machine(paymenttest.Report(reportconfig.Orders{}, "no")),
	} {
		if out := csvOf(t, src, rep, "2026-11-19"); !strings.Contains(out, want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
}
