package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"sync"

	"rapport/internal/archive"
	"rapport/internal/ledger"
	"rapport/internal/series"
)

// A fileFound is what became of a file.
type fileFound struct {
	sum  string
	size int64
	err  error
}

// readFiles reads the files of links, several at once; by link and file.
func (v *verification) readFiles(links []series.Link) [][]fileFound {
	type place struct{ link, file int }
	found := make([][]fileFound, len(links))
	work := make(chan place)
	var workers sync.WaitGroup
	for range v.workers() {
		workers.Go(func() {
			buffer := make([]byte, 128<<10)
			for p := range work {
				found[p.link][p.file] = v.readFile(links[p.link], links[p.link].Files[p.file].Name, buffer)
			}
		})
	}
	for i, l := range links {
		if l.State >= series.Removed {
			continue
		}
		found[i] = make([]fileFound, len(l.Files))
		for k := range l.Files {
			work <- place{i, k}
		}
	}
	close(work)
	workers.Wait()
	return found
}

func (v *verification) workers() int {
	if v.Workers > 0 {
		return v.Workers
	}
	return max(4, 2*runtime.GOMAXPROCS(0)) // some wait for the disk while others sum
}

// readFile reads one where it belongs or, of a report that was made a moment ago, where it waits
// to be moved there.
func (v *verification) readFile(l series.Link, name string, buffer []byte) (f fileFound) {
	dir := filepath.Join(v.Archive, filepath.FromSlash(l.Dir))
	if name == "" || name != filepath.Base(name) || !filepath.IsLocal(filepath.FromSlash(l.Dir)) {
		return fileFound{err: errors.New("is no path in the archive")}
	}
	for _, at := range []string{dir, filepath.Join(dir, archive.Outgoing(l.Edition)), dir} { // it may be moved just now
		if f = sumOf(filepath.Join(at, name), buffer); !errors.Is(f.err, fs.ErrNotExist) {
			break
		}
	}
	return f
}

func sumOf(path string, buffer []byte) (f fileFound) {
	file, err := os.Open(path)
	if err != nil {
		return fileFound{err: err}
	}
	hash := sha256.New()
	f.size, f.err = io.CopyBuffer(struct{ io.Writer }{hash}, struct{ io.Reader }{file}, buffer)
	f.err = errors.Join(f.err, file.Close())
	f.sum = hex.EncodeToString(hash.Sum(nil))
	return f
}

// tellFiles tells what is wrong with the files of a link.
func (v *verification) tellFiles(ctx context.Context, l series.Link, files []fileFound) error {
	for i, f := range files {
		v.sum.Files++
		v.sum.Bytes += f.size
		want := l.Files[i]
		fault := of(l, Altered, "its SHA-256 is %s, and was %s when the report was made", f.sum, want.SHA256)
		fault.Path = path.Join(l.Dir, want.Name)
		switch {
		case errors.Is(f.err, fs.ErrNotExist):
			removed, err := v.removedSince(ctx, l)
			if err != nil {
				return err
			}
			if removed {
				continue
			}
			fault.Kind, fault.Text = Missing, "the file is not in the archive"
		case f.err != nil:
			fault.Text = "the file cannot be read: " + f.err.Error()
		case f.sum == want.SHA256:
			continue
		}
		if err := v.tell(fault); err != nil {
			return err
		}
	}
	return nil
}

// removedSince tells whether retention removes a link's files just now.
func (v *verification) removedSince(ctx context.Context, l series.Link) (removed bool, err error) {
	err = v.Ledger.Read(ctx, func(tx ledger.Tx) error {
		links, _, err := series.OfPeriod(tx, l.PeriodID)
		removed = false
		for _, now := range links {
			removed = removed || now.Edition == l.Edition && now.State >= series.Removing && now.Digest == l.Digest
		}
		return err
	})
	return removed, err
}
