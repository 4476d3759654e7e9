package archive

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Holds tells whether a period's files stand in its directory. A report may have had
// another name then, so its files are known by what follows the name.
func Holds(dir, period string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return strings.HasSuffix(e.Name(), "_"+period+".csv") || strings.HasSuffix(e.Name(), "_"+period+".pdf")
	}), err
}

// Periods are the names of the periods of which a report's directory holds files.
func Periods(reportDir string) (names []string, err error) {
	entries, err := os.ReadDir(reportDir)
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
		held, err := Holds(filepath.Join(reportDir, e.Name()), e.Name())
		if err != nil {
			return nil, err
		}
		if held {
			names = append(names, e.Name())
		}
	}
	return names, nil
}
