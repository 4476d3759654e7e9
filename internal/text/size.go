package text

import (
	"fmt"
	"strings"
)

// Size is a number of bytes for a person, in a language's decimal mark; one below zero is not known.
func Size(n int64, decimalMark string) string {
	switch {
	case n < 0:
		return "?"
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%d kB", (n+500)/1000)
	}
	return strings.Replace(fmt.Sprintf("%.1f MB", float64(n)/1e6), ".", decimalMark, 1)
}
