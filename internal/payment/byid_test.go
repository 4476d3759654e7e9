package payment

import (
	"fmt"
	"testing"
)

func TestTheOnlyElementOfAnIDIsFoundInAnyList(t *testing.T) {
	for _, n := range []int{0, 3, shortList, shortList + 1, 1000} {
		list := []Line{{ID: "twice"}, {ID: ""}, {ID: "twice"}}
		for i := range n {
			list = append(list, Line{ID: fmt.Sprint(i), Amount: int64(i)})
		}
		x := IndexByID(list, func(l *Line) string { return l.ID })
		for range 2 {
			if x.Only("twice") != nil || x.Only("") != nil || x.Only("none") != nil {
				t.Errorf("of %d: found what is not there once", len(list))
			}
			for i := range n {
				if one := x.Only(fmt.Sprint(i)); one == nil || one.Amount != int64(i) {
					t.Errorf("of %d: %d is %v", len(list), i, one)
				}
			}
		}
	}
}
