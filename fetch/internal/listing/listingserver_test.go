package listing

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rapport/fetch/internal/apiclient"
	"rapport/fetch/internal/dinterojson"
	"rapport/internal/payment"
)

// listingServer is a listing of transactions that is filtered, ordered and cut into pages the
// way a server may do it, in process.
type listingServer struct {
	mu       sync.Mutex
	sales    []*sale // in the order of the listing
	place    map[string]int
	matches  func(times []time.Time, from, to time.Time) bool // which capture captured_at is
	takes    time.Duration                                    // until an answer comes
	asked    []url.Values
	now      int // in flight
	most     int
	bent     func(n int, q url.Values) *http.Response // the n-th answer instead
	meantime func(n int)                              // what happens before the n-th answer
	padding  string
}

type sale struct {
	id                string
	created           time.Time
	updated           time.Time
	captures, refunds []time.Time
}

// anyOf, firstOf and lastOf are what a bound may mean where there are several moments;
// eachOf tests each bound on its own, as document databases do with arrays.
func anyOf(times []time.Time, from, to time.Time) bool {
	return slices.ContainsFunc(times, func(t time.Time) bool { return within(t, from, to) })
}

func firstOf(times []time.Time, from, to time.Time) bool {
	return len(times) > 0 && within(slices.MinFunc(times, time.Time.Compare), from, to)
}

func lastOf(times []time.Time, from, to time.Time) bool {
	return len(times) > 0 && within(slices.MaxFunc(times, time.Time.Compare), from, to)
}

func eachOf(times []time.Time, from, to time.Time) bool {
	return anyOf(times, from, time.Time{}) && anyOf(times, time.Time{}, to)
}

func within(t, from, to time.Time) bool {
	return !t.Before(from) && (to.IsZero() || !t.After(to))
}

// orders are those that a listing may have.
func orders() map[string]func(a, b *sale) int {
	return map[string]func(a, b *sale) int{
		"oldest first":       func(a, b *sale) int { return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id)) },
		"newest first":       func(a, b *sale) int { return cmp.Or(b.created.Compare(a.created), cmp.Compare(a.id, b.id)) },
		"by id":              func(a, b *sale) int { return cmp.Compare(a.id, b.id) },
		"last updated first": func(a, b *sale) int { return cmp.Or(b.updated.Compare(a.updated), cmp.Compare(a.id, b.id)) },
	}
}

func newListingServer(sales []*sale, order func(a, b *sale) int) *listingServer {
	b := &listingServer{sales: slices.Clone(sales), matches: anyOf}
	b.sort(order)
	return b
}

func (b *listingServer) sort(order func(a, b *sale) int) {
	slices.SortFunc(b.sales, order)
	b.place = map[string]int{}
	for i, s := range b.sales {
		b.place[s.id] = i
	}
}

func (b *listingServer) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close()
		return says200(`{"access_token":"token","token_type":"Bearer","expires_in":86400}`), nil
	}
	b.mu.Lock()
	b.now++
	b.most = max(b.most, b.now)
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.now--
	}()
	if b.takes > 0 {
		select {
		case <-time.After(b.takes):
		case <-req.Context().Done():
			return nil, context.Cause(req.Context())
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	q := req.URL.Query()
	b.asked = append(b.asked, q)
	if b.meantime != nil {
		b.meantime(len(b.asked))
	}
	if b.bent != nil {
		if resp := b.bent(len(b.asked), q); resp != nil {
			return resp, nil
		}
	}
	return says200(b.page(q)), nil
}

func says200(body string) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

func (b *listingServer) page(q url.Values) string {
	from := 0
	if after := q.Get("starting_after"); after != "" {
		from = b.place[after] + 1
	}
	var page bytes.Buffer
	page.WriteByte('[')
	rows, bounds := 0, boundsOf(q)
	for _, s := range b.sales[from:] {
		if !b.holds(s, bounds) {
			continue
		}
		if rows++; rows > 1 {
			page.WriteByte(',')
		}
		s.write(&page, b.padding)
		if rows == PageSize {
			break
		}
	}
	page.WriteByte(']')
	return page.String()
}

// bound is what a query asks of one of a sale's times.
type bound struct {
	times    func(*sale) []time.Time
	from, to time.Time
}

func boundsOf(q url.Values) (all []bound) {
	for name, times := range map[string]func(*sale) []time.Time{
		"created_at":  func(s *sale) []time.Time { return []time.Time{s.created} },
		"captured_at": func(s *sale) []time.Time { return s.captures },
		"refunded_at": func(s *sale) []time.Time { return s.refunds },
	} {
		if q.Has(name+".gte") || q.Has(name+".lte") {
			all = append(all, bound{times, instantOf(q, name+".gte"), instantOf(q, name+".lte")})
		}
	}
	return all
}

func (b *listingServer) holds(s *sale, bounds []bound) bool {
	return !slices.ContainsFunc(bounds, func(by bound) bool { return !b.matches(by.times(s), by.from, by.to) })
}

func instantOf(q url.Values, name string) time.Time {
	t, err := time.Parse(time.RFC3339, q.Get(name))
	if err != nil && q.Has(name) {
		panic(err)
	}
	return t
}

// row is a transaction as JSON.
func row(id string) string {
	return fmt.Sprintf(`{"id":%q,"amount":100,"currency":"NOK","created_at":"2026-11-19T10:00:00Z","updated_at":"2026-11-19T11:00:00Z"}`, id)
}

func (s *sale) write(w *bytes.Buffer, padding string) {
	const form = "2006-01-02T15:04:05.000Z"
	fmt.Fprintf(w, `{"id":%q,"amount":100,"currency":"NOK","created_at":%q,"updated_at":%q,%s"events":[`, s.id, s.created.Format(form), s.updated.Format(form), padding)
	comma := ""
	for kind, times := range map[string][]time.Time{"CAPTURE": s.captures, "REFUND": s.refunds} {
		for _, at := range times {
			fmt.Fprintf(w, `%s{"event":%q,"success":true,"amount":50,"created_at":%q}`, comma, kind, at.Format(form))
			comma = ","
		}
	}
	w.WriteString("]}")
}

// busyDays are n sales of the three days before a morning, most of them by day; some are
// captured in parts, some days later, some refunded.
func busyDays(n int, morning time.Time) []*sale {
	die := rand.New(rand.NewPCG(1, uint64(n)))
	some := func(most time.Duration) time.Duration {
		return time.Duration(die.Int64N(int64(most))).Truncate(time.Millisecond)
	}
	all := make([]*sale, n)
	for i := range all {
		s := &sale{id: fmt.Sprintf("T12345678.%016x", die.Uint64())}
		s.created = morning.Add(-some(3 * 24 * time.Hour))
		if h := s.created.Hour(); h < 7 || h > 20 {
			s.created = morning.Add(-some(3 * 24 * time.Hour)) // fewer by night
		}
		at := s.created
		for range 1 + die.IntN(10)/8 {
			if at = at.Add(some(time.Hour)); die.IntN(20) == 0 {
				at = at.Add(some(30 * time.Hour))
			}
			s.captures = append(s.captures, at)
		}
		if die.IntN(10) == 0 {
			s.refunds = append(s.refunds, at.Add(some(time.Hour)))
		}
		s.updated = at.Add(some(time.Minute))
		all[i] = s
	}
	return all
}

// reader reads the listing with up to inFlight requests at once.
func (b *listingServer) reader(now time.Time, inFlight int) *Reader {
	clock := func() time.Time { return now }
	api := apiclient.New(apiclient.Config{
		TokenURL: "http://api.test/token", Audience: "http://api.test", ClientID: "client",
		Secret: func() (string, error) { return "secret", nil }, Transport: b, Now: clock, Log: slog.New(slog.DiscardHandler),
	})
	return &Reader{Getter: api, Now: clock, InFlight: inFlight, MaxPages: MaxPages, Log: slog.New(slog.DiscardHandler)}
}

// sublisting is a listing and the time that it may be partitioned by.
type sublisting struct {
	listing Listing[payment.Transaction]
	by      TimeField
	since   time.Time
}

// since is the transactions whose time is not before an instant; of all, where that is zero.
func since(how string, by TimeField, since time.Time) sublisting {
	s := sublisting{by: by, since: since, listing: Listing[payment.Transaction]{
		Name: "transactions " + how, URL: "http://checkout.test/v1/transactions", Query: url.Values{"limit": {"100"}},
		Page: dinterojson.Transactions, ID: func(t *payment.Transaction) string { return t.ID },
	}}
	if !since.IsZero() {
		s.listing.Name += " since " + FormatTime(since)
		s.listing.Query.Set(string(by)+".gte", FormatTime(since))
	}
	return s
}

// threeDays is what moved within three days: captures and refunds.
func threeDays() []sublisting {
	from := fridayMorning.Add(-72 * time.Hour)
	return []sublisting{since("captured", CapturedAt, from), since("refunded", RefundedAt, from)}
}

// read yields the transactions of some listings, one after the other.
func read(ctx context.Context, r *Reader, all []sublisting) iter.Seq2[payment.Transaction, error] {
	return func(yield func(payment.Transaction, error) bool) {
		for _, s := range all {
			for rows, err := range r.Partitioned(ctx, s.listing, s.by, s.since) {
				if err != nil {
					yield(payment.Transaction{}, err)
					return
				}
				for _, row := range rows {
					if !yield(row, nil) {
						return
					}
				}
			}
		}
	}
}

// ask reads listings and fails on an error.
func (b *listingServer) ask(t *testing.T, r *Reader, all []sublisting) map[string]bool {
	t.Helper()
	got := map[string]bool{}
	for tr, err := range read(t.Context(), r, all) {
		if err != nil {
			t.Fatal(err)
		}
		got[tr.ID] = true
	}
	return got
}
