package fetch

import "slices"

// Bounds of cutting.
const (
	evenPoints  = 256 // where a sorted listing may be cut
	firstShare  = 64  // of the points, for a piece while nothing is known
	shortPiece  = 4   // pages
	longPiece   = 32  // pages
	worthPages  = 8   // a rest of less is not cut
	leastPoints = 16  // less can hardly be cut
	narrowest   = 2   // seconds; one second cannot be cut, and both ends belong to a window
)

// ground is a window that is cut piece by piece, each as long as is known by then to
// be right. Between two of its points there are about as many rows as between any
// other two; how many, the pieces that have been read tell.
type ground struct {
	window *timeWindow
	points []int64 // Unix seconds, each once, sorted, within the window
	even   bool    // the points were not seen but supposed
	from   int64   // what is earlier has been handed out
	known  bool    // a piece has been read to its end
	rows   int     // … in so many rows, of the pieces read last; before that: supposed
	over   int     // … over so many points
}

// newGround is w as it may be cut after the pages that were read of it; nil where that
// is not worth it. Where the rows that came lie all over the window, the others do too.
// Where they lie in one part of it, the listing seems to be sorted, and how densely
// they lie tells how much is to come.
func newGround(w *timeWindow, late bool) *ground {
	seen := slices.Compact(slices.Sorted(slices.Values(w.seen.moments)))
	if len(seen) < leastPoints {
		return nil
	}
	g := &ground{window: w, from: w.from, points: seen, rows: 1, over: 1}
	tenth := len(seen) / 10 // few may lie far off
	covered, width := seen[len(seen)-1-tenth]-seen[tenth], w.to-w.from
	if 2*covered < width {
		rest := (width - covered) * int64(w.chain.read) / max(covered, 1) // pages
		if rest < max(2*int64(w.chain.read), worthPages) {
			return nil
		}
		g.even, g.points = true, nil
		for i := range int64(evenPoints) {
			g.points = append(g.points, w.from+width*i/evenPoints)
		}
		g.points = slices.Compact(g.points)
		g.rows, g.over = w.rows*int(width/max(covered, 1)), len(g.points)
	} else if late {
		return nil
	}
	if len(g.points) < leastPoints {
		return nil
	}
	return g
}

// next is the next piece, sized so that all lanes end at about the same time; nil when
// all is handed out.
func (g *ground) next(lanes int) *piece {
	left := len(g.points)
	if g.from == g.window.to {
		return nil
	}
	size := max(1, left/firstShare)
	pages := g.rowsOf(left) / pageSize
	goal := min(max(pages/(2*lanes), shortPiece), longPiece)
	if g.known || g.even {
		size = max(1, goal*pageSize*g.over/max(g.rows, 1))
	}
	if g.even {
		size = min(size, max(evenPoints/firstShare, left/4))
	}
	p := &piece{ground: g, points: min(size, left)}
	to := g.window.to
	for g.points = g.points[p.points:]; len(g.points) > 0; g.points = g.points[1:] {
		// The second of a point belongs to one piece, even if all rows are of it.
		if at := g.points[0] + 1; at-g.from >= narrowest && g.window.to-at >= narrowest {
			to = at
			break
		}
		p.points++
	}
	p.timeWindow = g.window.within(span{g.from, to})
	p.expected = goal
	g.from = to
	return p
}

// rowsOf is how many rows so many points stand for.
func (g *ground) rowsOf(points int) int { return points * g.rows / max(g.over, 1) }

// learn takes a piece into account that has been read to its end.
func (g *ground) learn(p *piece) {
	if !g.known {
		g.known, g.rows, g.over = true, 0, 0
	}
	g.rows, g.over = (g.rows+1)/2+p.rows, (g.over+1)/2+p.points
}

// piece is a window that is read as a part of a ground.
type piece struct {
	*timeWindow
	ground   *ground
	points   int // of the ground
	expected int // pages
}

// surprises reports whether the piece is much longer than it was supposed to be.
func (p *piece) surprises() bool { return p.chain.read > 2*p.expected+worthPages }
