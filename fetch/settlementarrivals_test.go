package fetch

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"rapport/internal/payment"
)

// A payoutServer lists settlements by the key that is asked for, two to a page, and may take in new
// ones before it answers.
type payoutServer struct {
	rows      []servedPayout
	ascending bool
	again     bool                         // the last row of a page comes again as the first of the next
	before    func(s *payoutServer, n int) // each answer, the nth
	answers   int
}

type servedPayout struct {
	id               string
	settled, created time.Time
	more             int64 // than 97.00 is paid out; that does not change when it was changed
}

func (s *payoutServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.before != nil {
		s.before(s, s.answers)
	}
	s.answers++
	q := r.URL.Query()
	by, from := "settled_at", q.Get("created_at.gte")
	if q.Has("item_created_at.gte") {
		by, from = "created_at", q.Get("item_created_at.gte")
	}
	key := func(p servedPayout) string {
		if by == "created_at" {
			return p.created.Format(time.RFC3339)
		}
		return p.settled.Format(time.RFC3339)
	}
	order := func(keyA, a, keyB, b string) int {
		n := cmp.Or(strings.Compare(keyA, keyB), strings.Compare(a, b))
		if !s.ascending {
			n = -n
		}
		return n
	}
	rows := slices.DeleteFunc(slices.Clone(s.rows), func(p servedPayout) bool { return key(p) < from })
	slices.SortFunc(rows, func(a, b servedPayout) int { return order(key(a), a.id, key(b), b.id) })
	if after := q.Get("starting_after_id"); after != "" {
		rows = slices.DeleteFunc(rows, func(p servedPayout) bool {
			n := order(key(p), p.id, q.Get("starting_after_date"), after)
			return n < 0 || n == 0 && !s.again
		})
	}
	next := ""
	if len(rows) > 2 {
		rows = rows[:2]
		next = fmt.Sprintf(`{"id":%q,%q:%q}`, rows[1].id, by, key(rows[1]))
	}
	var items []string
	for _, p := range rows {
		items = append(items, fmt.Sprintf(`{"id":%q,"provider":"vipps","settled_at":%q,"created_at":%[3]q,"updated_at":%[3]q,"amounts":[{"amount":%[4]d,"capture":%[5]d,"fee":3,"currency":"NOK"}]}`,
			p.id, p.settled.Format(time.RFC3339), p.created.Format(time.RFC3339), 97+p.more, 100+p.more))
	}
	if next != "" {
		next = `,"last_evaluated_key":` + next
	}
	fmt.Fprint(w, `{"items":[`+strings.Join(items, ",")+`]`+next+`}`)
}

// TestSettlementsThatArriveBetweenPagesAreReadOnce: rows shift while a listing is read (accounting.md
// 5, row 6). Whatever its order is, wherever the new ones fall, and though a row comes twice, none is
// lost. Equal copies may come again: a report takes the last of them.
func TestSettlementsThatArriveBetweenPagesAreReadOnce(t *testing.T) {
	for _, ascending := range []bool{true, false} {
		for _, again := range []bool{true, false} {
			for arrives := 1; arrives <= 4; arrives++ { // before which answer
				t.Run(fmt.Sprint(ascending, again, arrives), func(t *testing.T) {
					d := &dintero{}
					d.with(t, func(t *testing.T, c *Client) {
						now := time.Now()
						server := &payoutServer{ascending: ascending, again: again}
						var want []string
						arrive := func(n int, settled, created time.Time) {
							id := fmt.Sprintf("s%02d", n)
							server.rows, want = append(server.rows, servedPayout{id: id, settled: settled, created: created}), append(want, id)
						}
						for n := range 7 {
							at := now.AddDate(0, 0, -2*n-1)
							arrive(n, at, at)
						}
						server.before = func(_ *payoutServer, answer int) {
							if answer == arrives { // the newest, one in the middle and the oldest
								arrive(20, now, now)
								arrive(21, now.AddDate(0, 0, -6), now)
								arrive(22, now.AddDate(0, 0, -19), now)
							}
						}
						d.resource = server.ServeHTTP
						got, err := settled(t, c.Settlements(t.Context(), payment.SettlementQuery{SettledFrom: now.AddDate(0, 0, -20)}))
						slices.Sort(got)
						got = slices.Compact(got)
						if err != nil || !slices.Equal(got, want) {
							t.Errorf("got %v, %v, want %v", got, err, want)
						}
					})
				})
			}
		}
	}
}

// TestOfEqualCopiesTheLastComesLast: a settlement may change and have the time of before.
func TestOfEqualCopiesTheLastComesLast(t *testing.T) {
	d := &dintero{}
	d.with(t, func(t *testing.T, c *Client) {
		now := time.Now()
		server := &payoutServer{before: func(s *payoutServer, answer int) {
			if answer == 3 { // the listing was read
				s.rows[0].more = 50
			}
		}}
		for n := range 5 {
			server.rows = append(server.rows, servedPayout{id: fmt.Sprint(n), settled: now, created: now})
		}
		d.resource = server.ServeHTTP
		paid := map[string]int64{}
		for s, err := range c.Settlements(t.Context(), payment.SettlementQuery{SettledFrom: now.AddDate(0, 0, -20)}) {
			if err != nil {
				t.Fatal(err)
			}
			paid[s.ID] = s.Amounts[0].Amount
		}
		if len(paid) != 5 || paid["0"] != paid["1"]+50 {
			t.Errorf("%v after %d requests", paid, server.answers)
		}
		if server.answers != 6 {
			t.Errorf("%d requests, though nothing arrived", server.answers)
		}
	})
}

// TestAListingThatIsNeverAtRestEnds: something arrives before each of its answers.
func TestAListingThatIsNeverAtRestEnds(t *testing.T) {
	d := &dintero{}
	d.with(t, func(t *testing.T, c *Client) {
		server := &payoutServer{before: func(s *payoutServer, n int) {
			s.rows = append(s.rows, servedPayout{id: fmt.Sprint(n), settled: time.Now(), created: time.Now()})
		}}
		server.rows = make([]servedPayout, 5)
		for i := range server.rows {
			server.rows[i] = servedPayout{id: fmt.Sprint("old", i), settled: time.Now(), created: time.Now()}
		}
		d.resource = server.ServeHTTP
		if _, err := settled(t, c.Settlements(t.Context(), payment.SettlementQuery{})); err != nil || server.answers > 200 {
			t.Errorf("%d requests, %v", server.answers, err)
		}
	})
}
