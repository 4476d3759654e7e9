package jsonscan

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestARuneMayBeCutAnywhere, and half of one is none.
func TestARuneMayBeCutAnywhere(t *testing.T) {
	const text = "blåbær €5 👩 æ"
	if got, err := io.ReadAll(&textReader{r: iotest.OneByteReader(strings.NewReader(text))}); err != nil || string(got) != text {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"\xff", "bl\xe5", "\xe2\x82x"} {
		if _, err := io.ReadAll(&textReader{r: iotest.OneByteReader(strings.NewReader(bad + " and more"))}); !errors.Is(err, errNotUTF8) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
