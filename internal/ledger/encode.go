package ledger

import (
	"fmt"
	"strings"
	"time"
)

// millis is how an instant is kept: milliseconds since 1970, 0 for none.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// An instant reads what millis wrote into a time.
type instant struct{ t *time.Time }

func (i instant) Scan(value any) error {
	n, ok := value.(int64)
	if !ok {
		return fmt.Errorf("an instant is %T", value)
	}
	*i.t = time.Time{}
	if n != 0 {
		*i.t = time.UnixMilli(n).UTC()
	}
	return nil
}

const longestText = 4000 // bytes; a relay may say a lot

// sanitizeText makes text that every database takes: valid, without NUL, and of bounded length.
func sanitizeText(s string) string {
	if len(s) > longestText {
		s = s[:longestText] + "…"
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
