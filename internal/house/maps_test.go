package house

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTheMapsNameWhatIsThere: who follows ARCHITECTURE.md or README to a file or a package
// finds it, and README's map of the house has every package.
func TestTheMapsNameWhatIsThere(t *testing.T) {
	quoted := regexp.MustCompile("`((?:internal|cmd|fetch|mail|render|reportconfig|templates|locales|packaging)/[A-Za-z0-9_./-]+)`")
	for _, name := range []string{"README.md", "ARCHITECTURE.md"} {
		text, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range quoted.FindAllSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("../..", string(m[1]))); errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s names %s, which is not there", name, m[1])
			}
		}
		if name == "ARCHITECTURE.md" {
			continue
		}
		_, house, _ := strings.Cut(string(text), "## The house")
		house, _, _ = strings.Cut(house, "\n## ")
		words := regexp.MustCompile(`[a-z]+`).FindAllString(house, -1)
		rooms, err := os.ReadDir("..")
		if err != nil {
			t.Fatal(err)
		}
		for _, room := range rooms {
			if room.IsDir() && !strings.HasSuffix(room.Name(), "test") && !slices.Contains(words, room.Name()) {
				t.Errorf("README's map has no internal/%s", room.Name())
			}
		}
	}
}
