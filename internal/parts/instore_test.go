package parts_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"rapport/internal/builder"
	"rapport/internal/objectstore"
	"rapport/internal/objectstore/s3test"
	"rapport/internal/paymenttest"
	"rapport/internal/shoptest"
	"rapport/reportconfig"
)

// TestPartsInAStore are put under the attempt at the whole, sealed each by itself, and sent by
// another machine.
func TestPartsInAStore(t *testing.T) {
	s, store := market(t, twoSellers, paymenttest.SplitTransaction(t)), s3test.New(t)
	config := &reportconfig.ObjectStore{Bucket: s3test.Bucket, Endpoint: store.URL, AccessKey: reportconfig.Secret{Env: "A"}, SecretKey: reportconfig.Secret{Env: "B"}}
	bucket, err := objectstore.Open(t.Context(), config, func(s reportconfig.Secret) (string, error) {
		return map[string]string{"A": s3test.AccessKey, "B": s3test.SecretKey}[s.Env], nil
	})
	paymenttest.Must(t, err)
	s.Objects = bucket
	s.Box.Failing("kari@a.example", shoptest.NotSent())
	s.Run()
	s.Letters()
	s.Box.Failing("kari@a.example", nil)
	paymenttest.Must(t, os.RemoveAll(s.Archive))
	s.Source = nil
	if o := s.Run(); o != (builder.Outcome{}) {
		t.Errorf("%+v %s", o, s.Said())
	}
	if to := got(s); !slices.Equal(to, []string{"kari@a.example"}) {
		t.Errorf("another machine sends %q", to)
	}
	var sealed []string
	for _, key := range store.Keys() {
		if strings.HasSuffix(key, ".sealed") && !strings.Contains(key, "/.made/") {
			sealed = append(sealed, key)
		}
	}
	if want := []string{"torget/2026-11-19/.sealed", "torget/a/2026-11-19/.sealed", "torget/b/2026-11-19/.sealed"}; !slices.Equal(sealed, want) {
		t.Errorf("sealed %q", sealed)
	}
	if keys := store.Keys(); !slices.Contains(keys, "torget/a/2026-11-19/salg_2026-11-19.csv") {
		t.Errorf("the store has %q", keys)
	}
}
