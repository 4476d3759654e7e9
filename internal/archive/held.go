package archive

import (
	"errors"
	"io/fs"
	"os"
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
