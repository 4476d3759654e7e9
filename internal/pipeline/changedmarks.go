package pipeline

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"rapport/internal/money"
)

// A mark is what is remembered of a row of checkout/transactions: a hash of its transaction,
// instant, amount and currency. It must be the same in every version, for it is compared
// with the marks of reports that were made long ago.
type mark uint64

// markOf is of a row whose net is minor, in minor units; that of a refund is negative.
func markOf(transaction string, at time.Time, minor int64, code money.Currency) mark {
	h := fnv.New64a()
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], uint64(at.UnixNano()))
	binary.BigEndian.PutUint64(b[8:], uint64(minor))
	_, _ = h.Write(b[:]) // a hash takes everything
	_, _ = h.Write([]byte(transaction + "\x00" + string(code)))
	return mark(h.Sum64())
}

// transactionID is where a row of transactionColumns has its transaction.
const transactionID = 2

// mostMarks is how many rows of a report are remembered; of one that has more, none are.
const mostMarks = 50_000

// marks are those of a report in the making. The nil one takes none.
type marks struct {
	list []mark
	over bool
}

// note takes a row of transactionColumns.
func (m *marks) note(r *row) {
	if m == nil || m.over {
		return
	}
	if len(m.list) == mostMarks {
		m.over, m.list = true, nil
		return
	}
	net := r.cells[transactionNet]
	m.list = append(m.list, markOf(r.cells[transactionID].Text, r.cells[transactionTime].Time, net.Number, net.Code))
}

// pack is for the ledger: nil if nothing can be said of what comes later.
func (m *marks) pack(basis string) []byte {
	if m == nil || m.over {
		return nil
	}
	return packMarks(basis, m.list)
}

// packMarks sorts; equal marks stay, for rows may be equal. Basis says what the report was
// cut to: one that is cut to something else has other rows, and nothing changed.
func packMarks(basis string, list []mark) []byte {
	slices.Sort(list)
	out := appendText(make([]byte, 0, 8*len(list)+len(basis)+1), basis)
	for _, m := range list {
		out = binary.BigEndian.AppendUint64(out, uint64(m))
	}
	return out
}

func unpackMarks(packed []byte) (basis string, list []mark, err error) {
	d := decoder{rest: string(packed)}
	basis = d.text()
	if d.broken || len(d.rest)%8 != 0 {
		return "", nil, fmt.Errorf("%d bytes hold no marks", len(packed))
	}
	list, packed = make([]mark, len(d.rest)/8), packed[len(packed)-len(d.rest):]
	for i := range list {
		list[i] = mark(binary.BigEndian.Uint64(packed[8*i:]))
	}
	return basis, list, nil
}

// holds tells whether sorted marks hold m at least n times.
func holds(sorted []mark, m mark, n int) bool {
	i, _ := slices.BinarySearch(sorted, m)
	return i+n <= len(sorted) && sorted[i+n-1] == m
}
