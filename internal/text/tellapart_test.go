package text_test

import (
	"maps"
	"strings"
	"testing"

	"rapport/internal/text"
)

// TestLabelsThatReadAlikeAreToldApart by their ids, and by a number where those read alike, too.
func TestLabelsThatReadAlikeAreToldApart(t *testing.T) {
	labels := map[string]string{"s1": "Torget", "s2": "TORGET", "s3": "Oslo", "s4": "Kiosk ☃", "A": "A", "a": "a", "": "Uten"}
	text.TellApart(labels, func(s string) string { return strings.ReplaceAll(s, "☃", "?") })
	want := map[string]string{"s1": "Torget (s1)", "s2": "TORGET (s2)", "s3": "Oslo", "s4": "Kiosk ☃ (s4)", "A": "A", "a": "a #2", "": "Uten"}
	if !maps.Equal(labels, want) {
		t.Errorf("%q", labels)
	}
}
