package payment

// ByID finds the elements of a list by their ids. The list must not change.
type ByID[T any] struct {
	list []T
	idOf func(*T) string
	at   map[string]int // made when a long list is searched; -1: the id stands twice
}

// IndexByID is for a list whose elements have ids.
func IndexByID[T any](list []T, idOf func(*T) string) *ByID[T] {
	return &ByID[T]{list: list, idOf: idOf}
}

// shortList is how many elements are looked through faster than a map.
const shortList = 16

// Only is the one element of that id; nil where the id is empty or stands twice.
func (x *ByID[T]) Only(id string) *T {
	if id == "" {
		return nil
	}
	found := -1
	if len(x.list) > shortList {
		if x.at == nil {
			x.fill()
		}
		if i, ok := x.at[id]; ok {
			found = i
		}
	} else {
		for i := range x.list {
			if x.idOf(&x.list[i]) != id {
				continue
			}
			if found >= 0 {
				return nil
			}
			found = i
		}
	}
	if found < 0 {
		return nil
	}
	return &x.list[found]
}

func (x *ByID[T]) fill() {
	x.at = make(map[string]int, len(x.list))
	for i := range x.list {
		id := x.idOf(&x.list[i])
		if _, twice := x.at[id]; twice {
			i = -1
		}
		x.at[id] = i
	}
}
