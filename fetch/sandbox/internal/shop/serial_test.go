package shop

import "testing"

func TestIdsLeadBackToTheirSerial(t *testing.T) {
	seen := map[string]bool{}
	for d := Date(0); d < 20000; d += 37 {
		for n := 0; n < 256; n += 15 {
			s := Serial{d, n}
			id := s.TransactionID(9)
			if back, ok := ParseTransactionID(9, id); !ok || back != s || seen[id] {
				t.Fatalf("%v: id %s leads to %v", s, id, back)
			}
			if _, ok := ParseTransactionID(8, id); ok {
				t.Fatalf("another seed knows %s", id)
			}
			seen[id] = true
		}
	}
}
