package ledger_test

import (
	"maps"
	"testing"
)

func TestAnArchiveDirBelongsToTheAccountThatCameFirst(t *testing.T) {
	l := open(t, t.TempDir())
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
