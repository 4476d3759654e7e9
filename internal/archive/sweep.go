package archive

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rapport/internal/durable"
)

// SweepAfter is how long an attempt that no row of the ledger names is left alone.
const SweepAfter = 24 * time.Hour

// Sweep removes of a period what was made for its messages and is needed no more: the attempt
// that is over, and others but those that are needed once nobody can be at work on them. Young
// says that there is one which may be somebody's still.
func (a Archive) Sweep(ctx context.Context, period, over string, needed []string, now time.Time) (young bool, err error) {
	stays := func(attempt string, changed time.Time) bool {
		switch {
		case slices.Contains(needed, attempt):
			return true
		case attempt != over && now.Sub(changed) < SweepAfter:
			young = true
			return true
		}
		return false
	}
	made := path.Join(period, MadeDir)
	if a.Objects != nil {
		objects, err := a.Objects.List(ctx, made+"/")
		if err != nil {
			return true, atStore("list", made, err)
		}
		for _, o := range objects {
			attempt, _, _ := strings.Cut(strings.TrimPrefix(o.Key, made+"/"), "/")
			if stays(attempt, o.Changed) {
				continue
			}
			if err := a.Objects.Delete(ctx, o.Key); err != nil {
				return true, atStore("delete", o.Key, err)
			}
		}
	}
	entries, err := os.ReadDir(a.Path(made))
	if errors.Is(err, fs.ErrNotExist) {
		return young, nil
	}
	for _, e := range entries {
		info, err2 := e.Info()
		if err2 != nil || stays(e.Name(), info.ModTime()) {
			continue
		}
		err = errors.Join(err, os.RemoveAll(filepath.Join(a.Path(made), e.Name())))
	}
	return young, errors.Join(err, durable.RemoveEmpty(a.Path(made)))
}
