package lateevents

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"rapport/internal/extsort"
	"rapport/internal/money"
	"rapport/internal/report"
)

// A Fingerprint is what is remembered of a row of checkout/transactions: a hash of its transaction,
// instant, amount and currency. It must be the same in every version, for it is compared
// with the marks of reports that were made long ago.
type Fingerprint uint64

// fingerprintOf is of a row whose net is minor, in minor units; that of a refund is negative.
func fingerprintOf(transaction string, at time.Time, minor int64, code money.Currency) Fingerprint {
	h := fnv.New64a()
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], uint64(at.UnixNano()))
	binary.BigEndian.PutUint64(b[8:], uint64(minor))
	_, _ = h.Write(b[:]) // a hash takes everything
	_, _ = h.Write([]byte(transaction + "\x00" + string(code)))
	return Fingerprint(h.Sum64())
}

// transactionID is where a row of transactionColumns has its transaction.
const transactionID = 2

// maxFingerprints is how many rows of a report are remembered; of one that has more, none are.
const maxFingerprints = 50_000

// Fingerprints are those of a report in the making. The nil one takes none.
type Fingerprints struct {
	all  []Fingerprint
	over bool
}

// Add takes a row of transactionColumns.
func (m *Fingerprints) Add(r *report.Row) {
	if m == nil || m.over {
		return
	}
	if len(m.all) == maxFingerprints {
		m.over, m.all = true, nil
		return
	}
	net := r.Cells[report.TransactionNet]
	m.all = append(m.all, fingerprintOf(r.Cells[transactionID].Text, r.Cells[report.TransactionTime].Time, net.Number, net.Code))
}

// Pack is for the ledger: nil if nothing can be said of what comes later.
func (m *Fingerprints) Pack(basis string) []byte {
	if m == nil || m.over {
		return nil
	}
	return pack(basis, m.all)
}

// pack sorts; equal marks stay, for rows may be equal. Basis says what the report was
// cut to: one that is cut to something else has other rows, and nothing changed.
func pack(basis string, list []Fingerprint) []byte {
	slices.Sort(list)
	out := extsort.AppendText(make([]byte, 0, 8*len(list)+len(basis)+1), basis)
	for _, m := range list {
		out = binary.BigEndian.AppendUint64(out, uint64(m))
	}
	return out
}

func unpack(packed []byte) (basis string, list []Fingerprint, err error) {
	d := extsort.Decoder{Rest: string(packed)}
	basis = d.Text()
	if d.Broken || len(d.Rest)%8 != 0 {
		return "", nil, fmt.Errorf("%d bytes hold no marks", len(packed))
	}
	list, packed = make([]Fingerprint, len(d.Rest)/8), packed[len(packed)-len(d.Rest):]
	for i := range list {
		list[i] = Fingerprint(binary.BigEndian.Uint64(packed[8*i:]))
	}
	return basis, list, nil
}

// holdsTimes tells whether sorted marks hold m at least n times.
func holdsTimes(sorted []Fingerprint, m Fingerprint, n int) bool {
	i, _ := slices.BinarySearch(sorted, m)
	return i+n <= len(sorted) && sorted[i+n-1] == m
}
