package schema

import (
	"testing"
	"testing/fstest"

	"rapport/internal/ledger/database"
)

func TestMigrationsAreNumberedUpwards(t *testing.T) {
	for _, names := range [][]string{{"0000_first.sql"}, {"0001_a.sql", "0001_b.sql"}, {"first.sql"}, {"1_first.sql"}, {"0001first.sql"}} {
		files := fstest.MapFS{}
		for _, name := range names {
			files[name] = &fstest.MapFile{}
		}
		if _, err := New(database.Dialect{Migrations: files}); err == nil {
			t.Errorf("%s were taken", names)
		}
	}
}
