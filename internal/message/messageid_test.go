package message

import (
	"log/slog"
	"net/mail"
	"testing"
	"time"

	"rapport/internal/calendar"
	"rapport/internal/report"
	"rapport/internal/statement"
	ourmail "rapport/mail"
	"rapport/reportconfig"
)

// TestEachMessageHasAnIDOfItsOwn: by recipient and by what it is sent anew for; the same one has the same.
func TestEachMessageHasAnIDOfItsOwn(t *testing.T) {
	c := &Composer{Account: statement.Account{ID: "T12345678"}, Log: slog.New(slog.DiscardHandler)}
	day := calendar.Daily.Containing(time.Date(2026, 11, 19, 12, 0, 0, 0, time.UTC), time.UTC)
	draft := Draft{From: mail.Address{Address: "rapport@fjordfisk.no"}, Date: day.To, Content: ourmail.Content{Language: "no", Subject: "x", Title: "x"}}
	p, err := draft.Attach(nil, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for _, m := range [][2]string{{"a@x.no", ""}, {"b@x.no", ""}, {"a@x.no", "1"}} {
		for range 2 {
			frozen, _, err := c.Freeze(draft, p, report.Job{Report: &reportconfig.Report{ID: "oslo"}, Period: day}, mail.Address{Address: m[0]}, m[1])
			if err != nil {
				t.Fatal(err)
			}
			if of, used := ids[frozen.ID]; used && of != m[0]+m[1] {
				t.Errorf("%v has the ID of %s", m, of)
			}
			ids[frozen.ID] = m[0] + m[1]
		}
	}
	if len(ids) != 3 {
		t.Errorf("%d IDs", len(ids))
	}
}
