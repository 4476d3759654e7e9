package ownership_test

import (
	"maps"
	"path/filepath"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
	"rapport/internal/ledger/sqlite"
)

func TestAnArchiveDirBelongsToTheAccountThatCameFirst(t *testing.T) {
	l, err := ledger.Open(t.Context(), sqlite.New(filepath.Join(t.TempDir(), "rapport.db")), ledgertest.Options())
	ledgertest.Must(t, err)
	defer l.Close()
	for _, c := range []struct{ path, account, owner string }{
		{"/a/daily", "T1", "T1"}, {"/a/daily", "T2", "T1"}, {"/a/daily", "T1", "T1"}, {"/b/daily", "T2", "T2"},
	} {
		if owner, err := l.ClaimArchiveDir(t.Context(), c.path, c.account); err != nil || owner != c.owner {
			t.Errorf("%s for %s: %s, %v", c.path, c.account, owner, err)
		}
	}
	if got, err := l.ArchiveDirs(t.Context()); err != nil || !maps.Equal(got, map[string]string{"/a/daily": "T1", "/b/daily": "T2"}) {
		t.Errorf("%v, %v", got, err)
	}
}
