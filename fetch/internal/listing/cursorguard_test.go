package listing

import "testing"

func TestAnEmptyPageThatRepeatsItsCursorIsTheEnd(t *testing.T) {
	g := newCursorGuard(10)
	for _, step := range []struct {
		rows  int
		token string
		want  string
	}{{1, "x", "x"}, {0, "y", "y"}, {0, "y", ""}} {
		if got, err := g.next(step.rows, nil, step.token); err != nil || got != step.want {
			t.Errorf("%d rows, %s: got %q, %v", step.rows, step.token, got, err)
		}
	}
	if got, err := g.next(3, nil, "y"); err == nil {
		t.Errorf("a page with rows that repeats its cursor goes in a circle: got %q", got)
	}
}

func TestAListingHasNoMorePagesThanThereMayBe(t *testing.T) {
	g := newCursorGuard(3)
	for page, cursor := range []string{"a", "b", "c"} {
		if _, err := g.next(1, nil, cursor); (err != nil) != (page == 2) {
			t.Errorf("page %d: %v", page+1, err)
		}
	}
}
