package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rapport/internal/ledger"
)

func alarms() []part {
	return []part{
		{"an alarm is told once, and once that it is well", alarmOnce},
		{"an alarm that nobody heard of goes without a word", alarmUnheard},
		{"of two who would mail the alarms one does", alarmsTaken},
		{"what becomes of an alarm while it is mailed is told later", alarmChangedMeanwhile},
		{"an alarm that could not be told is told when it is over", alarmUndelivered},
		{"an alarm that stays is told again after a day, and then each week", alarmReminds},
		{"a muted alarm is not told until then", alarmMuted},
		{"when an alarm is to be told next is known", alarmNext},
		{"an alarm keeps the words that its sentence is made of", alarmArgs},
		{"an alarm that comes back before its end was told stands as before", alarmBack},
	}
}

// notify takes what the operator is to be told, and says that he was.
func notify(b *fixture, l *ledger.Ledger) string {
	b.Helper()
	ctx := context.Background()
	pending, claim, err := l.ClaimAlarms(ctx, account, "", b.now(), 10)
	b.must(err)
	if len(pending) > 0 {
		b.must(l.AlarmsNotified(ctx, claim, b.now()))
	}
	return alarmTexts(pending)
}

func alarmTexts(all []ledger.Alarm) string {
	return texts(all, func(a ledger.Alarm) string { return words(a.Kind, a.Subject, a.Text, a.Resolved.IsZero()) })
}

func openAlarms(b *fixture, l *ledger.Ledger) int {
	b.Helper()
	all, err := l.OpenAlarms(context.Background(), account)
	b.must(err)
	return len(all)
}

func alarmOnce(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "login", Subject: "smtp", Text: "535", Raised: b.now()}))
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "login", Subject: "smtp", Text: "535 again", Raised: b.now()}))
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "login", Subject: "dintero", Text: "401", Raised: b.now()}))
	equal(b, "told", notify(b, l), "[login smtp 535 again true login dintero 401 true]")
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "login", Subject: "smtp", Text: "535 still", Raised: b.now()}))
	equal(b, "told again", notify(b, l), "[]")
	equal(b, "open", openAlarms(b, l), 2)
	b.must(l.Resolve(ctx, account, "login", "smtp", b.now()))
	b.must(l.Resolve(ctx, account, "login", "smtp", b.now()))
	b.must(l.Resolve(ctx, account, "login", "other", b.now()))
	equal(b, "open", openAlarms(b, l), 1)
	equal(b, "well", notify(b, l), "[login smtp 535 still false]")
	equal(b, "well again", notify(b, l), "[]")
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "login", Subject: "smtp", Text: "535 anew", Raised: b.now()}))
	equal(b, "raised anew", notify(b, l), "[login smtp 535 anew true]")
}

func alarmUnheard(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "disk", Subject: "", Text: "full", Raised: b.now()}))
	b.must(l.Resolve(ctx, account, "disk", "", b.now()))
	equal(b, "told", notify(b, l), "[]")
	equal(b, "open", openAlarms(b, l), 0)
}

func alarmBack(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "disk", Subject: "", Text: "full", Raised: b.now()}))
	notify(b, l)
	first, err := l.OpenAlarms(ctx, account)
	b.must(err)
	b.must(l.Resolve(ctx, account, "disk", "", b.now()))
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "disk", Subject: "", Text: "full", Raised: b.now()}))
	equal(b, "told", notify(b, l), "[]")
	again, err := l.OpenAlarms(ctx, account)
	b.must(err)
	equal(b, "open", words(again), words(first))
}

func alarmsTaken(b *fixture) {
	ctx := context.Background()
	dying, l := b.ledger(), b.ledger()
	take := func(l *ledger.Ledger, most int) (string, ledger.Claim) {
		b.Helper()
		pending, claim, err := l.ClaimAlarms(ctx, account, "", b.now(), most)
		b.must(err)
		return alarmTexts(pending), claim
	}
	for _, subject := range []string{"a", "b", "c"} {
		b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "late", Subject: subject, Text: "x", Raised: b.now()}))
	}
	b.must(l.Raise(ctx, ledger.Alarm{Account: "P99999999", Kind: "late", Subject: "d", Text: "x", Raised: b.now()}))
	got, claim := take(dying, 2)
	equal(b, "the first", got, "[late a x true late b x true]")
	for _, other := range []*ledger.Ledger{l, dying} {
		got, _ = take(other, 10)
		equal(b, "the others meanwhile", got, "[]")
	}
	b.must(dying.ReturnAlarms(ctx, claim))
	for _, late := range []error{dying.ReturnAlarms(ctx, claim), dying.AlarmsNotified(ctx, claim, b.now()), dying.AlarmsNotified(ctx, ledger.Claim{}, b.now())} {
		if errorName(late) != "lost" {
			b.Errorf("under a claim that was given back: %v", late)
		}
	}
	got, _ = take(dying, 10)
	equal(b, "when no mail had left", got, "[late a x true late b x true late c x true]")
	b.must(dying.Close()) // in the middle of it
	got, _ = take(l, 10)
	equal(b, "before the dead are known", got, "[]")
	_, err := l.Reap(ctx)
	b.must(err)
	equal(b, "what a dead process was mailing", notify(b, l), "[late a x true late b x true late c x true]")
	equal(b, "after that", notify(b, l), "[]")
}

func alarmChangedMeanwhile(b *fixture) {
	ctx := context.Background()
	l := b.ledger()
	raise := func(subject string) {
		b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "late", Subject: subject, Text: "x", Raised: b.now()}))
	}
	resolve := func(subject string) { b.must(l.Resolve(ctx, account, "late", subject, b.now())) }
	take := func() ledger.Claim {
		b.Helper()
		_, claim, err := l.ClaimAlarms(ctx, account, "", b.now(), 10)
		b.must(err)
		return claim
	}
	raise("over")
	claim := take()
	resolve("over")
	b.must(l.AlarmsNotified(ctx, claim, b.now()))
	equal(b, "resolved while it was told", notify(b, l), "[late over x false]")
	raise("back")
	notify(b, l)
	resolve("back")
	claim = take()
	raise("back")
	b.must(l.AlarmsNotified(ctx, claim, b.now()))
	equal(b, "back while its end was told", notify(b, l), "[late back x true]")
	resolve("back")
	equal(b, "its end", notify(b, l), "[late back x false]")
	raise("unheard")
	claim = take()
	resolve("unheard")
	b.must(l.ReturnAlarms(ctx, claim))
	equal(b, "over before it could be told", notify(b, l), "[late unheard x false]")
	equal(b, "open", openAlarms(b, l), 0)
}

func alarmUndelivered(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "relay", Text: "535", Raised: b.now()}))
	_, claim, err := l.ClaimAlarms(ctx, account, "", b.now(), 10)
	b.must(err)
	b.must(l.ReturnAlarms(ctx, claim))
	b.must(l.Resolve(ctx, account, "relay", "", b.now()))
	equal(b, "told", notify(b, l), "[relay  535 false]")
	equal(b, "told again", notify(b, l), "[]")
}

func alarmReminds(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	day := 24 * time.Hour
	raised := b.now()
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "late", Subject: "a", Text: "x", Raised: raised}))
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: ledger.AlarmChanged, Subject: "once", Text: "x", Raised: raised}))
	var told []string
	for hour := time.Duration(0); hour <= 17*day; hour += time.Hour {
		pending, claim, err := l.ClaimAlarms(ctx, account, "", raised.Add(hour), 10)
		b.must(err)
		if len(pending) > 0 {
			b.must(l.AlarmsNotified(ctx, claim, raised.Add(hour)))
			told = append(told, fmt.Sprint(int(hour/day), " ", alarmTexts(pending)))
		}
	}
	equal(b, "told", strings.Join(told, ", "), "0 [late a x true changed once x true], 1 [late a x true], 8 [late a x true], 15 [late a x true]")
	b.must(l.Resolve(ctx, account, "late", "a", raised.Add(18*day)))
	equal(b, "well", notify(b, l), "[late a x false]")
}

func alarmMuted(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "late", Subject: "a", Text: "x", Raised: b.now()}))
	open, err := l.OpenAlarms(ctx, account)
	b.must(err)
	until := b.now().Add(time.Hour)
	b.must(l.Mute(ctx, account, open[0].ID, until))
	equal(b, "told", notify(b, l), "[]")
	if open, err = l.OpenAlarms(ctx, account); err != nil || !open[0].MutedUntil.Equal(until) {
		b.Errorf("muted until %v, %v", open, err)
	}
	pending, _, err := l.ClaimAlarms(ctx, account, "", until, 10)
	b.must(err)
	equal(b, "then", alarmTexts(pending), "[late a x true]")
	if err := l.Mute(ctx, "another", open[0].ID, until); !errors.Is(err, ledger.ErrNoAlarm) {
		b.Errorf("another account's alarm was muted: %v", err)
	}
}

func alarmArgs(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: "late", Subject: "a", Text: "x", Args: []string{"oslo", "20\x00", "\"å\""}, Raised: b.now()}))
	open, err := l.OpenAlarms(ctx, account)
	b.must(err)
	equal(b, "args", strings.Join(open[0].Args, "|"), "oslo|20\ufffd|\"å\"")
}

func alarmNext(b *fixture) {
	l := b.ledger()
	ctx := context.Background()
	next := func(want time.Time) {
		b.Helper()
		got, err := l.NextAlarm(ctx, account, b.now())
		b.must(err)
		equal(b, "next", got, want)
	}
	next(time.Time{})
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: ledger.AlarmLate, Subject: "a", Text: "x", Raised: b.now()}))
	next(time.Time{}) // now
	open, err := l.OpenAlarms(ctx, account)
	b.must(err)
	until := start().Add(time.Hour)
	b.must(l.Mute(ctx, account, open[0].ID, until))
	next(until)
	b.must(l.Mute(ctx, account, open[0].ID, time.Time{}))
	notify(b, l)
	open, err = l.OpenAlarms(ctx, account)
	b.must(err)
	equal(b, "told", words(open[0].Reminders, open[0].Remind), words(1, open[0].Notified.Add(24*time.Hour)))
	next(open[0].Remind)
	until = start().Add(48 * time.Hour)
	b.must(l.Mute(ctx, account, open[0].ID, until))
	next(until)
	b.must(l.Raise(ctx, ledger.Alarm{Account: account, Kind: ledger.AlarmChanged, Subject: "b", Text: "x", Raised: b.now()}))
	notify(b, l)
	next(until)
}
