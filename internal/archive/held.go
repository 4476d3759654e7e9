package archive

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"rapport/internal/durable"
	"slices"
	"strings"
	"time"
)

// Seal is the file that says that a period is in its place, whole.
const Seal = ".sealed"

// A Sealed is what a seal says.
type Sealed struct {
	Account string       `json:"account"`
	Number  int          `json:"number"`
	MadeAt  time.Time    `json:"made_at"`
	Files   []SealedFile `json:"files"`
}

// A SealedFile is one that stands beside the seal.
type SealedFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// WriteSeal writes beside the files of an attempt what their seal will say.
func WriteSeal(dir, account string, number int, madeAt time.Time, files []File) error {
	s := Sealed{Account: account, Number: number, MadeAt: madeAt.UTC(), Files: []SealedFile{}}
	for _, f := range files {
		s.Files = append(s.Files, SealedFile{Name: filepath.Base(f.Path), SHA256: f.SHA256})
	}
	text, err := json.MarshalIndent(s, "", "  ")
	if err == nil {
		err = durable.Create(filepath.Join(dir, Seal), func(w io.Writer) error { _, err := w.Write(append(text, '\n')); return err })
	}
	return err
}

// Holds tells whether the archive has a report's period: its seal is there. A directory of an
// older version has none; there it is a file, known by what follows the name, as a report may
// have had another one then.
func (a Archive) Holds(ctx context.Context, report, period string) (bool, error) {
	key := PeriodKey(report, period)
	if a.Objects != nil {
		return a.hasObject(ctx, path.Join(key, Seal))
	}
	entries, err := os.ReadDir(a.Path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	has := func(is func(string) bool) bool {
		return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return is(e.Name()) })
	}
	switch {
	case has(func(name string) bool { return name == Seal }):
		return true, err
	case has(func(name string) bool { return name == MadeDir }): // it was never finished
		return false, err
	}
	return has(func(name string) bool {
		return strings.HasSuffix(name, "_"+period+".csv") || strings.HasSuffix(name, "_"+period+".pdf")
	}), err
}

// Periods are the names of the periods that the archive has of a report.
func (a Archive) Periods(ctx context.Context, report string) (names []string, err error) {
	if a.Objects != nil {
		return a.sealedObjects(ctx, ReportKey(report))
	}
	entries, err := os.ReadDir(a.Path(ReportKey(report)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			continue
		}
		held, err := a.Holds(ctx, report, e.Name())
		if err != nil {
			return nil, err
		}
		if held {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
