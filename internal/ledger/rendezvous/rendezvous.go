// Package rendezvous says which of several machines comes first for a piece of work, so that each
// of them finds the same without asking the others, and they do not all reach for one piece. It
// knows no work, and refuses to forbid any: who comes second may take it too.
package rendezvous

import (
	"fmt"
	"hash/fnv"
)

// First is the machine that comes first for a piece of work; "" of none. When a machine leaves,
// only what it came first for has another one.
func First(machines []string, work string) (first string) {
	most := uint64(0)
	for _, m := range machines {
		h := fnv.New64a()
		fmt.Fprint(h, m, "\x00", work, "\x00", m)
		if sum := h.Sum64(); first == "" || sum > most {
			first, most = m, sum
		}
	}
	return first
}
