package sqlite

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/ledgertest"
)

// A file of any kind is opened or refused: without a panic, and when it is refused it is
// as it was.
func FuzzOpen(f *testing.F) {
	whole := readFile(f, written(f, 2))
	f.Add(uint32(0), []byte{0}, uint32(0))
	for _, at := range []uint32{16, 18, 24, 28, 52, 56, 68, 100, 105, 4096, 8192, 3 * 4096, 4*4096 + 5, 9 * 4096} {
		f.Add(at, []byte{0xFF}, uint32(0))
		f.Add(at, []byte{0, 0, 0, 0, 0x7F}, uint32(0))
	}
	for _, cut := range []uint32{1, 99, 512, 4096, 20000} {
		f.Add(uint32(0), []byte{}, cut)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, at uint32, patch []byte, cut uint32) {
		content := bytes.Clone(whole)
		copy(content[int(at)%len(content):], patch)
		content = content[:len(content)-int(cut)%len(content)]
		path := filepath.Join(dir, "rapport.db")
		for _, suffix := range []string{"", "-wal", "-shm", "-witness"} {
			_ = os.Remove(path + suffix) // not all are there
		}
		must(t, os.WriteFile(path, content, 0o600))
		ctx := context.Background()
		l, err := openLedger(ctx, path, ledgertest.Options())
		if err != nil {
			if !bytes.Equal(readFile(t, path), content) {
				t.Errorf("refused and changed: %v", err)
			}
			return
		}
		all, _ := l.Deliveries(ctx, ledger.Filter{}) // what is damaged inside may say so later
		for _, d := range all {
			_, _ = l.ClaimDelivery(ctx, d.ID)
			_, _ = l.Resend(ctx, d.ID, ledgertest.Now())
		}
		_, _ = l.OwedPeriods(ctx, ledgertest.Account)
		_, _ = l.Stats(ctx, ledgertest.Account)
		_, _ = l.Reap(ctx)
		_ = l.Close()
	})
}
