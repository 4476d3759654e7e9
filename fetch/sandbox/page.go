package sandbox

// page is the rows after the cursor, at most limit, or what a broken server makes of them.
func page(list listing, after string, limit int, faults faultSet) []row {
	if faults.has("stuck") {
		after = ""
	}
	size := limit
	if faults.has("oversized-page") {
		size = 2 * limit
	}
	rows := below(list, after, size)
	if faults.has("loop") && after != "" {
		first := below(list, "", limit)
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

// below are the n rows after the cursor, itself not included.
func below(list listing, after string, n int) []row {
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
	die := roll(uint64(len(rows)), uint64(rows[0].id[len(rows[0].id)-1]))
	rows = rows[:len(rows)-1]
	for i := range rows {
		k := die.below(len(rows))
		rows[i], rows[k] = rows[k], rows[i]
	}
}
