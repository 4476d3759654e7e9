package yamltree

import "testing"

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"abc", "", 3}, {"daily", "daily", 0}, {"daily", "dialy", 1}, {"weekly", "wekly", 1}, {"monthly", "mounthlie", 3}, {"å", "a", 1},
	} {
		if got := editDistance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := editDistance(c.b, c.a); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.b, c.a, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	options := []string{"contentTypes", "schedule", "id"}
	for got, want := range map[string]string{
		"content_types": "contentTypes", "Content-Types": "contentTypes", "shcedule": "schedule", "ID": "id", "ib": "", "timezone": "",
	} {
		if near := Nearest(got, options); near != want {
			t.Errorf("%s: %q, want %q", got, near, want)
		}
	}
}
