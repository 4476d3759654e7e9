package pagesettings

import "testing"

func TestSettingsAreReadAsTheyAreWritten(t *testing.T) {
	for _, s := range []Settings{{}, {Language: "no"}, {Zone: "Asia/Tokyo", Quiet: true}, {Language: "en", Zone: "UTC", Account: "T12345678", Quiet: true}} {
		if got := Read(s.String()); got != s {
			t.Errorf("%+v is read as %+v", s, got)
		}
	}
	if got := Read("xx zone other=1"); got != (Settings{}) {
		t.Errorf("what is unknown: %+v", got)
	}
}
