package postgres

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/postgrestest"
)

// TestPostgreSQLKeepsTheContract, also in a database whose language sorts otherwise than bytes.
func TestPostgreSQLKeepsTheContract(t *testing.T) {
	t.Parallel()
	server := postgrestest.Start(t)
	for _, c := range []struct{ name, options string }{
		{"plain", ""}, {"norwegian", "LOCALE_PROVIDER icu ICU_LOCALE 'nb-NO' LOCALE 'C.UTF-8'"},
	} {
		if testing.Short() && c.name == "plain" {
			continue // which finds nothing more
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url := server.URL(t, c.name, c.options)
			var mu sync.Mutex
			names, machines := map[string]string{}, map[string]string{} // by test
			ledgertest.Run(t, func(t testing.TB, o ledger.Options) *ledger.Ledger {
				t.Helper()
				mu.Lock()
				if names[t.Name()] == "" {
					names[t.Name()] = "s" + fmt.Sprint(len(names)+1)
					machines[t.Name()] = t.TempDir()
				}
				options := Options{URL: url + "&search_path=" + names[t.Name()], Dir: machines[t.Name()]}
				mu.Unlock()
				l, err := ledger.Open(context.Background(), New(options), o)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = l.Close() }) // the test may have closed it
				return l
			})
		})
	}
}
