package listpage

import (
	"net/url"
	"slices"
	"testing"
)

func TestAListIsCutIntoPages(t *testing.T) {
	all := []int{1, 2, 3, 4, 5}
	for number, want := range map[string][]int{"": {1, 2}, "2": {3, 4}, "3": {5}, "4": {}, "x": {1, 2}, "0": {1, 2}, "99999999": {1, 2}} {
		p := Of(url.Values{"page": {number}, "done": {"save"}, "q": {"a b"}})
		got, more := Slice(all, p.Number, 2)
		if !slices.Equal(got, want) || more != (len(want) == 2 && want[1] < 5) || p.Query != "q=a+b&" {
			t.Errorf("page %q: %v, %t, %+v", number, got, more, p)
		}
	}
}
