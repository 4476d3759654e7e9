package sandbox

import (
	"iter"

	"rapport/fetch/sandbox/internal/shop"
)

// row is a thing in a listing and its cursor.
type row struct {
	id    string
	write func(*jsonWriter)
}

// listing is the rows from a cursor on, newest first, the cursor's own included
// where it still matches; all rows when from is empty.
type listing func(from string) iter.Seq[row]

// page is the rows after the cursor, at most limit, or what a broken server makes of them.
func page(list listing, after string, limit int, faults faultSet) []row {
	if faults.has("stuck") {
		after = ""
	}
	size := limit
	if faults.has("oversized-page") {
		size = 2 * limit
	}
	rows := rowsAfter(list, after, size)
	if faults.has("loop") && after != "" {
		first := rowsAfter(list, "", limit)
		if len(rows) == 0 || after != first[len(first)-1].id {
			rows = first
		}
	}
	if faults.has("duplicate") && after != "" && len(rows) > 0 && limit > 1 {
		again := take(list(after), 1)
		rows = append(again, rows[:min(len(rows), limit-1)]...)
	}
	if faults.has("reordered") {
		shuffle(rows)
	}
	return rows
}

// rowsAfter are the n rows after the cursor, itself not included.
func rowsAfter(list listing, after string, n int) []row {
	rows := take(list(after), n+1)
	if after != "" && len(rows) > 0 && rows[0].id == after {
		return rows[1:]
	}
	return rows[:min(n, len(rows))]
}

// shuffle leaves the last row in its place: it is the next page's cursor, and each
// row shall still come once.
func shuffle(rows []row) {
	if len(rows) < 3 {
		return
	}
	rng := shop.NewRNG(uint64(len(rows)), uint64(rows[0].id[len(rows[0].id)-1]))
	rows = rows[:len(rows)-1]
	for i := range rows {
		k := rng.Below(len(rows))
		rows[i], rows[k] = rows[k], rows[i]
	}
}

// take are the first n rows.
func take(rows iter.Seq[row], n int) []row {
	var out []row
	for r := range rows {
		if out = append(out, r); len(out) == n {
			break
		}
	}
	return out
}

// writeRows writes a list of rows.
func writeRows(w *jsonWriter, name string, rows []row) {
	w.list(name)
	for _, r := range rows {
		r.write(w)
	}
	w.end()
}
