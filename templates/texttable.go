package templates

import "strings"

// columnGap stands between columns.
const columnGap = "  "

// textTable is a table of plain text: aligned where it fits into 72 columns, else a
// block of "label: value" lines for each row.
func textTable(head []string, right []bool, rows [][]string, total bool) string {
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
		return blocks(head, rows)
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
