package builder_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rapport/fetch"
	"rapport/internal/builder"
	"rapport/internal/paymenttest"
	"rapport/internal/report"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// mostMemory is what a process may take whatever one account's server sends, in MB.
const mostMemory = 200

// hostileURL is set in the process that is measured.
const hostileURL = "RAPPORT_TEST_HOSTILE_URL"

// An attack is what a hostile server sends in place of Dintero's pages: the rows of the n-th
// page of a listing, and of an order or a card.
type attack struct {
	transactions, orders, operations, figures func(n int) string
}

func many(n int, element string) string { return strings.Repeat(element+",", n-1) + element }

// row is a transaction of the period whose members can be chosen.
func hostileRow(n int, more string) string {
	return fmt.Sprintf(`{"id":"T12345678.%d","amount":100,"currency":"NOK","created_at":"2026-11-19T07:00:00Z"%s}`, n, more)
}

const oneCapture = `{"event":"CAPTURE","amount":1,"created_at":"2026-11-19T10:00:00Z"}`

func attacks() map[string]attack {
	text := strings.Repeat("å", 30_000)
	page := func(rows int, row func(n int) string) func(int) string {
		return func(n int) string {
			var all []string
			for i := range rows {
				all = append(all, row(n*rows+i))
			}
			return strings.Join(all, ",")
		}
	}
	operations := func(lines string) func(int) string {
		return func(n int) string {
			return fmt.Sprintf(`{"id":"op%d","amount":1,"created_at":"2026-11-19T10:00:00Z","items":[%s]}`, n, lines)
		}
	}
	var names strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&names, `"name%d":0,`, i)
	}
	object := "{" + strings.TrimSuffix(names.String(), ",") + "}"
	return map[string]attack{
		"2 MiB of empty events": {transactions: page(1, func(n int) string { return hostileRow(n, `,"events":[`+many(700_000, "{}")+"]") })},
		"a page of them":        {transactions: page(14, func(n int) string { return hostileRow(n, `,"events":[`+many(700_000, "{}")+"]") })},
		"as many events as are read": {transactions: page(30, func(n int) string {
			return hostileRow(n, `,"events":[`+many(999, `{"event":"A"}`)+","+oneCapture+"]")
		})},
		"lists in lists": {transactions: page(10, func(n int) string {
			return hostileRow(n, `,"items":[`+many(4999, `{"splits":[{},{},{}]}`)+`],"events":[`+many(500, `{"items":[{},{},{}],"splits":[{},{}],"settlements":{"events":[{},{}]}}`)+"]")
		})},
		"long texts": {transactions: page(100, func(n int) string {
			return hostileRow(n, `,"merchant_reference":"`+text+`","status":"`+text+`","events":[`+oneCapture+"]")
		})},
		"an object of many names": {transactions: page(1, func(n int) string { return hostileRow(n, `,"metadata":`+object+`,"events":[`+oneCapture+"]") })},
		"names that are long":     {transactions: page(100, func(n int) string { return hostileRow(n, fmt.Sprintf(`,"%s%d":1,"events":[`, text, n)+oneCapture+"]") })},
		"a row without end":       {transactions: func(int) string { return `{"id":"T1","metadata":"` + strings.Repeat("x", 60<<20) + `"}` }},
		"a page without end":      {transactions: page(900, func(n int) string { return hostileRow(n, `,"metadata":"`+text+`"`) })},
		"currencies without end": {transactions: page(900, func(n int) string {
			return strings.Replace(hostileRow(n, `,"events":[`+oneCapture+"]"), "NOK", fmt.Sprint("C", n), 1)
		})},
		"stores without end": {transactions: page(900, func(n int) string {
			return hostileRow(n, fmt.Sprintf(`,"payment_product_type":"%d.%s","store":{"id":"%[1]d%[2]s","name":"%[1]d%[2]s"},"events":[%s]`, n, text[:20_000], oneCapture))
		})},
		"everything twice": {transactions: page(900, func(n int) string { return hostileRow(n, `,"events":[`+oneCapture+"]") })},
		"deep": {transactions: page(2, func(n int) string {
			return hostileRow(n, `,"metadata":`+strings.Repeat("[", 9000)+strings.Repeat("]", 9000)+`,"events":[`+oneCapture+"]")
		})},
		"orders of many lines": {
			orders: page(100, func(n int) string {
				return fmt.Sprintf(`{"id":"o%d","currency":"NOK","items":[%s]}`, n, many(4999, `{"line_id":1,"tax_lines":[{},{}]}`))
			}),
			operations: operations(many(4999, `{"line_id":1,"amount":1,"payout":{"destinations":[{},{}]}}`)),
		},
		"orders of long texts": {
			orders: page(100, func(n int) string {
				return fmt.Sprintf(`{"id":"o%d","currency":"NOK","items":[%s]}`, n, many(5, `{"line_id":1,"description":"`+text+`"}`))
			}),
			operations: func(n int) string {
				return many(300, `{"id":"x","amount":1,"created_at":"2026-11-19T10:00:00Z","processed_by":"`+text+`"}`)
			},
		},
		"figures without end": {
			transactions: page(1, func(n int) string { return hostileRow(n, "") }),
			figures:      func(int) string { return `{"interval":"day","values":[` + many(600_000, "{}") + "]}" },
		},
		"figures of many names": {
			transactions: page(1, func(n int) string { return hostileRow(n, "") }),
			figures: func(int) string {
				var b strings.Builder
				for i := range 45_000 {
					fmt.Fprintf(&b, `{"payment_product_type":"%d%s","currency":"NOK","count":1,"sum_amount":1,"date":"2026-11-19"},`, i, text[:500])
				}
				return `{"interval":"day","values":[` + strings.TrimSuffix(b.String(), ",") + "]}"
			},
		},
	}
}

// pagesEach is how many pages a listing has.
const pagesEach = 6

// hostileServer serves an attack, packed as the network likes it.
func hostileServer(t *testing.T, a attack) *httptest.Server {
	t.Helper()
	var counts sync.Map
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		query.Del("starting_after")
		counter, _ := counts.LoadOrStore(r.URL.Path+"?"+query.Encode(), new(atomic.Int64))
		n := int(counter.(*atomic.Int64).Add(1)) - 1
		write := func(form string, rows func(int) string) {
			body := ""
			if rows != nil && n < pagesEach {
				body = rows(n)
			}
			w.Header().Set("Content-Encoding", "gzip")
			z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
			fmt.Fprintf(z, form, body)
			z.Close()
		}
		switch path := r.URL.Path; {
		case strings.HasSuffix(path, "/auth/token"):
			fmt.Fprint(w, `{"access_token":"t","token_type":"Bearer","expires_in":86400}`)
		case strings.HasSuffix(path, "/checkout-transaction-events"):
			write("[%s]", a.figures)
		case strings.HasSuffix(path, "/v1/transactions"):
			write("[%s]", a.transactions)
		case strings.HasSuffix(path, "/shopping/orders"):
			write(`{"orders":[%s]}`, a.orders)
		case strings.Contains(path, "/shopping/orders/"):
			name := path[strings.LastIndexByte(path, '/')+1:]
			write(`{"`+name+`":[%s]}`, a.operations)
		case strings.HasSuffix(path, "/wallets/cards"):
			write(`{"cards":[%s]}`, nil)
		default:
			write("[%s]", nil)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// TestNoServerTakesMuchMemory runs a process of its own against each attack.
func TestNoServerTakesMuchMemory(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("measures memory")
	}
	if url := os.Getenv(hostileURL); url != "" {
		beMeasured(t, url)
		return
	}
	for name, a := range attacks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := hostileServer(t, a)
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNoServerTakesMuchMemory$", "-test.v")
			child.Env = append(os.Environ(), hostileURL+"="+server.URL)
			begin := time.Now()
			out, err := child.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			_, peak, _ := strings.Cut(string(out), "VmHWM:")
			kb, err := strconv.Atoi(strings.TrimSpace(strings.Split(peak, "kB")[0]))
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%d MB in %s\n%.1500s", kb>>10, time.Since(begin).Round(time.Millisecond), out)
			if kb>>10 > mostMemory {
				t.Errorf("%d MB", kb>>10)
			}
		})
	}
}

// beMeasured makes one report of each kind, all at once, and says what memory that took.
func beMeasured(t *testing.T, url string) {
	client := fetch.New(fetch.Config{
		Account: "T12345678", ClientID: "id", Secret: func() (string, error) { return "a secret of some length", nil },
		APIURL: url + "/v1", CheckoutURL: url + "/v1", Audience: url, Version: "test", Now: time.Now,
	})
	var kinds []*reportconfig.Report
	for _, data := range []reportconfig.Data{reportconfig.Transactions{}, reportconfig.Open{}, reportconfig.Orders{}, reportconfig.Wallets{}} {
		rep := paymenttest.Report(data, "no")
		rep.Reconcile = reportconfig.ReconcileWarn
		if data.DataType() != reportconfig.OrderOperations {
			rep.ContentTypes = append(rep.ContentTypes, reportconfig.PDF)
		}
		kinds = append(kinds, rep)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	var all sync.WaitGroup
	for _, rep := range kinds {
		all.Go(func() {
			b := shoptest.NewBuilder(t, client, nil, slog.New(slog.NewTextHandler(io.Discard, nil)))
			made := b.Build(ctx, paymenttest.Morning(t), []builder.Request{{Job: report.Job{Report: rep, Period: paymenttest.Period(t, "2026-11-19")}, Dir: t.TempDir()}})[0]
			fmt.Printf("%s: %d rows, %.200s\n", rep.Data.DataType(), made.Rows, fmt.Sprint(made.Err))
		})
	}
	all.Wait()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Printf("VmHWM:%s\n", strings.SplitN(peak, "\n", 2)[0])
}
