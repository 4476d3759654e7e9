package listing

import "slices"

// How listings are partitioned.
const (
	guessedCuts = 256 // where a sorted listing may be cut
	firstShare  = 64  // of the cuts, for a partition while nothing was measured
	shortPages  = 4   // a partition should have more
	longPages   = 32  // a partition should have less
	worthPages  = 8   // a rest of less is not partitioned
	minCuts     = 16  // with less it can hardly be partitioned
	minSeconds  = 2   // of a partition; one second cannot be cut, and both ends belong to it
)

// plan partitions a listing. It hands out one partition after the other, each as long as
// seems right by then. Between any two cuts that follow each other there are about as
// many rows; the partitions that were read tell how many.
type plan struct {
	whole    *partition
	cuts     []int64 // where it may be cut: Unix seconds, each once, sorted, within the whole
	guessed  bool    // the cuts are no times of rows but evenly spread
	from     int64   // what is earlier has been handed out
	measured bool    // a partition has been read to its end
	rows     int     // of the partitions read last; guessed before that
	over     int     // cuts that these rows lie between
}

// newPlan is how to partition p after the pages that were read of it; nil where that is not
// worth it. Where the rows that came lie in one part of the interval, the listing seems to
// be sorted, and how densely they lie tells how much is to come. Where they lie all over
// the interval, the others do too; with onlySorted such a listing gets no plan.
func newPlan(p *partition, onlySorted bool) *plan {
	seen := slices.Compact(slices.Sorted(slices.Values(p.seen.times)))
	if len(seen) < minCuts {
		return nil
	}
	pl := &plan{whole: p, from: p.from, cuts: seen, rows: 1, over: 1}
	tenth := len(seen) / 10 // few may lie far off
	covered, width := seen[len(seen)-1-tenth]-seen[tenth], p.to-p.from
	if 2*covered < width {
		rest := (width - covered) * int64(p.pager.read) / max(covered, 1) // pages
		if rest < max(2*int64(p.pager.read), worthPages) {
			return nil
		}
		pl.guessed, pl.cuts = true, nil
		for i := range int64(guessedCuts) {
			pl.cuts = append(pl.cuts, p.from+width*i/guessedCuts)
		}
		pl.cuts = slices.Compact(pl.cuts)
		pl.rows, pl.over = p.rows*int(width/max(covered, 1)), len(pl.cuts)
	} else if onlySorted {
		return nil
	}
	if len(pl.cuts) < minCuts {
		return nil
	}
	return pl
}

// next is the next partition, sized so that all workers end at about the same time; nil
// when all is handed out.
func (pl *plan) next(r *Reader) *partition {
	left := len(pl.cuts)
	if pl.from == pl.whole.to {
		return nil
	}
	size := max(1, left/firstShare)
	pages := left * pl.rows / max(pl.over, 1) / PageSize
	goal := min(max(pages/(2*r.InFlight), shortPages), longPages)
	if pl.measured || pl.guessed {
		size = max(1, goal*PageSize*pl.over/max(pl.rows, 1))
	}
	if pl.guessed {
		size = min(size, max(guessedCuts/firstShare, left/4))
	}
	size = min(size, left)
	to := pl.whole.to
	for pl.cuts = pl.cuts[size:]; len(pl.cuts) > 0; pl.cuts = pl.cuts[1:] {
		// The second of a cut belongs to one partition, even if all rows are of it.
		if at := pl.cuts[0] + 1; at-pl.from >= minSeconds && pl.whole.to-at >= minSeconds {
			to = at
			break
		}
		size++
	}
	p := pl.whole.part(r, interval{pl.from, to})
	p.plan, p.cuts, p.expected = pl, size, goal
	pl.from = to
	return p
}

// measure takes a partition into account that has been read to its end.
func (pl *plan) measure(p *partition) {
	if !pl.measured {
		pl.measured, pl.rows, pl.over = true, 0, 0
	}
	pl.rows, pl.over = (pl.rows+1)/2+p.rows, (pl.over+1)/2+p.cuts
}
