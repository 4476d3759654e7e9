package pdf

import "testing"

func TestADocumentOfAnotherLayoutIsRefused(t *testing.T) {
	for _, pdf := range []string{"", "%PDF-1.3\n", "%PDF\n\nxref\n0 1\n\ntrailer\n\nstartxref\n1\n", "%PDF\nx\nxref\n0 2\n0000000000 65535 f \n0000000900 00000 n \ntrailer\n\nstartxref\n1\n"} {
		if _, err := parseObjects([]byte(pdf)); err == nil {
			t.Errorf("%q was taken apart", pdf)
		}
	}
}
