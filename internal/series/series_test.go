package series_test

import (
	"testing"
	"time"

	"rapport/internal/series"
)

func facts() series.Facts {
	from := time.Date(2026, 11, 18, 23, 0, 0, 0, time.UTC)
	return series.Facts{
		Account: "T12345678", Report: "oslo-daily", Number: "7", From: from, To: from.AddDate(0, 0, 1),
		Files: []series.File{{Name: "b.pdf", SHA256: "22"}, {Name: "a.csv", SHA256: "11"}},
	}
}

// TestADigestNeverChanges: what is out there on paper must be found again by each later version.
func TestADigestNeverChanges(t *testing.T) {
	const first, second = "1e38e25997837e1574cd1b5b1d1895d7e43da56f95c2ac4746cb6f39eeb70f2f", "b49b121ef5b580e6d3be123a8df807d10b435814b0c17064057543d5f258fb9c"
	if got := facts().Digest(""); got != first {
		t.Errorf("%s", got)
	}
	if got := facts().Digest(first); got != second {
		t.Errorf("%s", got)
	}
}

// TestEachFactMakesAnotherDigest, and none can be moved from one to the next; the order in which
// files are named and the zone of a time are no facts.
func TestEachFactMakesAnotherDigest(t *testing.T) {
	seen := map[string]string{facts().Digest(""): "as it is", facts().Digest("a"): "after another"}
	for what, change := range map[string]func(*series.Facts){
		"account": func(f *series.Facts) { f.Account = "P12345678" }, "report": func(f *series.Facts) { f.Report = "oslo-daily7" },
		"number": func(f *series.Facts) { f.Number = "7-1" }, "from": func(f *series.Facts) { f.From = f.From.Add(time.Millisecond) },
		"to": func(f *series.Facts) { f.To = f.To.Add(time.Hour) }, "a file less": func(f *series.Facts) { f.Files = f.Files[:1] },
		"a name": func(f *series.Facts) { f.Files[0].Name = "c.pdf" }, "a sum": func(f *series.Facts) { f.Files[0].SHA256 = "23" },
		"reconstructed": func(f *series.Facts) { f.Reconstructed = true }, "moved": func(f *series.Facts) { f.Report, f.Number = "oslo-dail", "y7" },
		"between files": func(f *series.Facts) { f.Files[0].Name, f.Files[0].SHA256 = "b.pdf2", "2" },
		"line feeds":    func(f *series.Facts) { f.Report, f.Number = "oslo-daily\n1:7", "" },
		"sums of each other": func(f *series.Facts) {
			f.Files[0].SHA256, f.Files[1].SHA256 = f.Files[1].SHA256, f.Files[0].SHA256
		},
	} {
		f := facts()
		change(&f)
		if other, twice := seen[f.Digest("")]; twice {
			t.Errorf("%s has the digest of %s", what, other)
		}
		seen[f.Digest("")] = what
	}
	f := facts()
	f.Files[0], f.Files[1] = f.Files[1], f.Files[0]
	f.From = f.From.In(time.FixedZone("east", 3600))
	if f.Digest("") != facts().Digest("") {
		t.Error("the order of files, or a zone, is in it")
	}
}
