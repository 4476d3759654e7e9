package templates

import "strings"

// columnGap stands between columns.
const columnGap = "  "

// textTable is a table of plain text, aligned. Where it does not fit into 72 columns it has
// the first column and that of lead, and the others below each line.
func textTable(head []string, right []bool, rows [][]string, total bool, chosen ...int) string {
	widths := make([]int, len(head))
	width := -len(columnGap)
	for i := range head {
		widths[i] = cells(head[i])
		for _, row := range rows {
			widths[i] = max(widths[i], cells(row[i]))
		}
		width += widths[i] + len(columnGap)
	}
	if width > columns {
		return narrow(head, right, rows, total, chosen...)
	}
	line := strings.Repeat("-", max(width, 1))
	var b strings.Builder
	if strings.Join(head, "") != "" {
		writeRow(&b, head, right, widths)
		b.WriteString(line + "\n")
	}
	for i, row := range rows {
		if total && i > 0 && i == len(rows)-1 {
			b.WriteString(line + "\n")
		}
		writeRow(&b, row, right, widths)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func writeRow(b *strings.Builder, row []string, right []bool, widths []int) {
	var line strings.Builder
	for i, cell := range row {
		if i > 0 {
			line.WriteString(columnGap)
		}
		pad := strings.Repeat(" ", widths[i]-cells(cell))
		if i < len(right) && right[i] {
			line.WriteString(pad + cell)
		} else {
			line.WriteString(cell + pad)
		}
	}
	b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
}

// narrow writes the first column and that of lead, and the others below.
func narrow(head []string, right []bool, rows [][]string, total bool, chosen ...int) string {
	beside := lead(head, chosen...)
	ends := func(row []string) []string { return []string{row[0], row[beside]} }
	widths := []int{cells(head[0]), cells(head[beside])}
	for _, row := range rows {
		widths = []int{max(widths[0], cells(row[0])), max(widths[1], cells(row[beside]))}
	}
	room := columns - len(columnGap) - widths[1]
	if beside < 1 || room < columns/4 {
		return blocks(head, rows)
	}
	widths[0] = min(widths[0], room)
	line := strings.Repeat("-", widths[0]+len(columnGap)+widths[1])
	var b strings.Builder
	side := []bool{right[0] && !right[beside], right[beside]}
	write := func(row []string) {
		if name := row[0]; cells(name) > room { // it has lines of its own
			b.WriteString(fold("", "", name) + "\n")
			row = append([]string{""}, row[1:]...)
		}
		writeRow(&b, ends(row), side, widths)
	}
	write(head)
	b.WriteString(line + "\n")
	for i, row := range rows {
		if total && i > 0 && i == len(rows)-1 {
			b.WriteString(line + "\n")
		}
		write(row)
		if more := below(head, row, chosen...); more != "" {
			b.WriteString(fold("    ", "    ", more) + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// blocks writes each row under its first cell; an empty cell is not written.
func blocks(head []string, rows [][]string) string {
	var lines []string
	for i, row := range rows {
		if i > 0 {
			lines = append(lines, "")
		}
		indent := ""
		for j, cell := range row {
			if cell == "" {
				continue
			}
			label := ""
			if head[j] != "" {
				label = head[j] + ": "
			}
			lines = append(lines, fold(indent, indent+"  ", label+cell))
			indent = "  "
		}
	}
	return strings.Join(lines, "\n")
}
