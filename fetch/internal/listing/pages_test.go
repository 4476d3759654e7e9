package listing

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"rapport/internal/payment"
)

// A countedGetter has pages of one transaction, and counts what is held.
type countedGetter struct{ pages, held, most int }

func (g *countedGetter) Get(_ context.Context, _, _ string, read func(io.Reader) error) error {
	g.pages--
	return read(strings.NewReader("x"))
}

func (g *countedGetter) Hold(ctx context.Context) (context.Context, func(), func()) {
	g.held++
	g.most = max(g.most, g.held)
	return ctx, func() {}, func() { g.held-- }
}

// TestAPageIsGivenBackWhenItWasTaken, so that one at a time is in memory.
func TestAPageIsGivenBackWhenItWasTaken(t *testing.T) {
	g := &countedGetter{pages: 5}
	l := Listing[payment.Transaction]{Name: "transactions", URL: "https://x.test", Page: func(_ io.Reader, each func(payment.Transaction) error) (string, error) {
		next := ""
		if g.pages > 0 {
			next = fmt.Sprint(g.pages)
		}
		return next, each(payment.Transaction{ID: fmt.Sprint("t", g.pages)})
	}}
	n := 0
	for rows, err := range Pages(t.Context(), &Reader{Getter: g, MaxPages: 10}, l) {
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		n++
	}
	if n != 5 || g.held != 0 || g.most != 1 {
		t.Errorf("%d pages, %d are held, %d at most", n, g.held, g.most)
	}
}
