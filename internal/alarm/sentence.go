package alarm

import (
	"time"

	"rapport/internal/ledger"
	"rapport/locales"
)

// Of makes an alarm, with its text in English for whoever has no language.
func Of(account string, zone *time.Location, kind, subject string, at time.Time, args ...string) ledger.Alarm {
	a := ledger.Alarm{Account: account, Kind: kind, Subject: subject, Raised: at, Args: args}
	if words, err := locales.For("en"); err == nil {
		a.Text = sentence(words, a, zone)
	}
	return a
}

// sentence is what an alarm says, with its instants in a zone.
func sentence(words *locales.Printer, a ledger.Alarm, zone *time.Location) string {
	if len(a.Args) == 0 || !words.Has("alarm.text."+a.Kind) {
		return a.Text // an older version wrote it
	}
	key := "alarm.text." + a.Kind
	if variant := key + "." + a.Args[len(a.Args)-1]; words.Has(variant) { // what kind of it, said by the last
		key = variant
	}
	args := make([]string, len(a.Args))
	for i, arg := range a.Args {
		args[i] = arg
		if at, err := time.Parse(time.RFC3339, arg); err == nil {
			args[i] = words.DateTime(at.In(zone))
		}
	}
	return words.Word(key, args...)
}

// English is an alarm in one line: what kind it is, and what it says.
func English(a ledger.Alarm, zone *time.Location) (string, error) {
	words, err := locales.For("en")
	if err != nil {
		return "", err
	}
	return words.Word("alarm."+a.Kind) + " – " + sentence(words, a, zone), nil
}

// Instant is an instant as an argument of a sentence.
func Instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }
