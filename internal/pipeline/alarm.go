package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rapport/internal/ledger"
	"rapport/locales"
	ourmail "rapport/mail"
)

// What the operator is told of, once, and once more when it is well again. Recipients of
// reports never hear of it.
const (
	alarmFailed    = ledger.AlarmFailed
	alarmLate      = ledger.AlarmLate
	alarmSkipped   = ledger.AlarmSkipped
	alarmRefused   = ledger.AlarmRefused
	alarmWaiting   = ledger.AlarmWaiting
	alarmRelay     = ledger.AlarmRelay
	alarmSource    = ledger.AlarmSource
	alarmUncertain = ledger.AlarmUncertain
	alarmHeld      = ledger.AlarmHeld
	alarmTooLarge  = ledger.AlarmTooLarge
	alarmReconcile = ledger.AlarmReconcile
	alarmChanged   = ledger.AlarmChanged
	alarmClock     = ledger.AlarmClock
)

const (
	lateAfter   = time.Hour
	warnAfter   = 24 * time.Hour // well before giveUp
	alarmPause  = 5 * time.Minute
	alarmsAtMax = 50 // lines of a mail
)

func (d *Desk) raise(ctx context.Context, kind, subject, text string, at time.Time) {
	d.Log.Info("alarm", "account", d.Account, "kind", kind, "subject", subject, "text", text)
	if err := d.raiseQuietly(ctx, kind, subject, text, at); err != nil {
		d.ledgerFault(err)
	}
}

// raiseQuietly is for what is found anew each time that somebody looks.
func (d *Desk) raiseQuietly(ctx context.Context, kind, subject, text string, at time.Time) error {
	d.mu.Lock()
	d.standing[[2]string{kind, subject}] = true
	d.mu.Unlock()
	return d.Ledger.Raise(context.WithoutCancel(ctx), d.Account, kind, subject, text, at)
}

// clear says that it is well again, if it was not.
func (d *Desk) clear(ctx context.Context, kind, subject string, at time.Time) {
	key := [2]string{kind, subject}
	d.mu.Lock()
	standing := d.standing[key]
	delete(d.standing, key)
	d.mu.Unlock()
	if !standing {
		return
	}
	if err := d.Ledger.Resolve(context.WithoutCancel(ctx), d.Account, kind, subject, at); err != nil {
		d.ledgerFault(err)
	}
}

// refreshAlarms learns which alarms stand, of an earlier process or of another one.
func (d *Desk) refreshAlarms(ctx context.Context) error {
	alarms, err := d.Ledger.OpenAlarms(ctx, d.Account)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range alarms {
		d.standing[[2]string{a.Kind, a.Subject}] = true
	}
	return nil
}

// Hold tells the operator that nothing is started any more, as the clock jumped.
func (d *Desk) Hold(ctx context.Context, now time.Time, jump time.Duration) {
	d.raise(ctx, alarmClock, d.Account, fmt.Sprintf("the clock jumped forward by %s, further than catchup; nothing is made or sent until the clock is set back, or systemctl reload (SIGHUP) says that it is right", jump.Round(time.Minute)), now)
	if err := d.tell(ctx, now); err != nil {
		d.fault(fmt.Errorf("alarms: %w", err))
	}
}

// assess raises and clears what is seen only by looking at all that is left.
func (d *Desk) assess(ctx context.Context, now time.Time) error {
	owed, err := d.Ledger.OwedPeriods(ctx, d.Account)
	if err != nil {
		return err
	}
	unsent, err := d.Ledger.Unsent(ctx, d.Account)
	if err != nil {
		return err
	}
	standing, err := d.Ledger.OpenAlarms(ctx, d.Account)
	if err != nil {
		return err
	}
	still := map[[2]string]bool{}
	for _, p := range owed {
		still[[2]string{alarmReconcile, p.Report + " " + p.Name}] = true
		if p.Due.Add(lateAfter).Before(now) && (p.Attempts > 0 || p.Crashes > 0) && d.report(p.Report) != nil {
			still[[2]string{alarmLate, p.Report}] = true
			err = d.raiseQuietly(ctx, alarmLate, p.Report, fmt.Sprintf("%s %s was due %s: %s", p.Report, p.Name, d.local(p.Due), p.Error), now)
			if err != nil {
				return err
			}
		}
	}
	for _, row := range unsent {
		switch row.State {
		case ledger.Held:
			still[[2]string{alarmHeld, fmt.Sprint(row.ID)}] = true
			fallthrough
		case ledger.Uncertain, ledger.Sending:
			still[[2]string{alarmUncertain, fmt.Sprint(row.ID)}] = true
		}
		if row.State != ledger.Held && row.QueuedAt.Add(warnAfter).Before(now) && d.report(row.Report) != nil {
			still[[2]string{alarmWaiting, row.Recipient}] = true
			err = d.raiseQuietly(ctx, alarmWaiting, row.Recipient, fmt.Sprintf("%s %s to %s waits since %s and is given up on %s: %s",
				row.Report, row.Period, row.Recipient, d.local(row.QueuedAt), d.local(row.QueuedAt.Add(giveUp)), row.Answer), now)
			if err != nil {
				return err
			}
		}
	}
	for _, a := range standing {
		passes := a.Kind == alarmLate || a.Kind == alarmWaiting || a.Kind == alarmUncertain || a.Kind == alarmHeld || a.Kind == alarmReconcile
		if passes && !still[[2]string{a.Kind, a.Subject}] {
			d.clear(ctx, a.Kind, a.Subject, now)
		}
	}
	return nil
}

func (d *Desk) local(t time.Time) string { return t.In(d.Location).Format("2006-01-02 15:04") }

// tell mails the operator what was not told yet, in one message.
func (d *Desk) tell(ctx context.Context, now time.Time) error {
	pending, claim, err := d.Ledger.ClaimAlarms(ctx, d.Account, alarmsAtMax)
	if err != nil || len(pending) == 0 {
		return err
	}
	if err := d.mailAlarms(ctx, pending, now); err != nil {
		d.later("alarms", func(ctx context.Context) error { return d.Ledger.ReturnAlarms(ctx, claim) })
		return err
	}
	d.later("alarms", func(ctx context.Context) error { return d.Ledger.AlarmsNotified(ctx, claim, now) })
	return nil
}

func (d *Desk) mailAlarms(ctx context.Context, alarms []ledger.Alarm, now time.Time) error {
	if d.Operator == nil || d.Sender == nil {
		return nil
	}
	identity := []string{d.Account, "alarm"}
	for _, a := range alarms {
		identity = append(identity, a.Kind, a.Subject, instant(a.Raised), instant(a.Resolved))
	}
	m, err := d.alarmMail(alarms, identity, now)
	if err != nil {
		return err
	}
	_, err = d.Sender.Send(ctx, now.In(d.Location).Format("2006-01-02")+"_alarm_"+shortHash(identity), m, nil)
	var failed *ourmail.Error
	if errors.As(err, &failed) && failed.Verdict != ourmail.NotSent { // it has most likely arrived, or never will
		d.Log.Error("mail to the operator", "operator", d.Operator.Address, "error", err)
		err = nil
	}
	if err != nil {
		return fmt.Errorf("mail to the operator %s: %w", d.Operator.Address, err)
	}
	return nil
}

// alarmMail is what the operator gets: what is wrong, and what is well again.
func (d *Desk) alarmMail(alarms []ledger.Alarm, identity []string, now time.Time) (ourmail.Frozen, error) {
	language := "en"
	if len(d.Reports) > 0 {
		language = string(d.Reports[0].Language)
	}
	words, err := locales.For(language)
	if err != nil {
		return ourmail.Frozen{}, err
	}
	var wrong, well [][]string
	for _, a := range alarms {
		text := words.Word("alarm."+a.Kind) + " – " + a.Text
		if a.Resolved.IsZero() {
			wrong = append(wrong, []string{text, words.DateTime(a.Raised.In(d.Location))})
			continue
		}
		well = append(well, []string{text, words.DateTime(a.Resolved.In(d.Location))})
	}
	name := d.Organization.Name
	if name == "" {
		name = d.Account
	}
	content := ourmail.Content{
		Language: language, Organization: d.Organization.Name, Title: words.Word("alarm.title"),
		Period: d.local(now), Span: d.Account, Lead: words.Count("alarm.lead", int64(len(wrong))),
		Footer: []string{words.Word("alarm.footer")},
	}
	if len(wrong) == 0 {
		content.Lead = words.Word("alarm.all_well")
	}
	content.Subject = words.Word("mail.subject", "Rapport", strings.TrimSuffix(content.Lead, ".")) + " – " + name
	for _, table := range []struct {
		title string
		rows  [][]string
	}{{"alarm.wrong", wrong}, {"alarm.well", well}} {
		if len(table.rows) > 0 {
			content.Tables = append(content.Tables, ourmail.Table{
				Title: words.Word(table.title), Head: []string{words.Word("alarm.what"), words.Word("alarm.since")},
				Right: []bool{false, true}, Rows: table.rows,
			})
		}
	}
	_, domain, _ := strings.Cut(d.From.Address, "@")
	return ourmail.Compose(ourmail.Message{
		From: d.From, To: *d.Operator, Envelope: d.Envelope, ID: ourmail.MessageID(domain, identity...), Date: now.In(d.Location), Content: content,
	})
}
