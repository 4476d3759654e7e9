package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rapport/internal/content"
	"rapport/internal/ident"
	"rapport/internal/ledger"
	"rapport/locales"
	ourmail "rapport/mail"
)

const (
	lateAfter   = time.Hour
	warnAfter   = 24 * time.Hour // well before giveUp
	alarmPause  = 5 * time.Minute
	alarmsAtMax = 50 // lines of a mail
)

func (d *Engine) raise(ctx context.Context, kind, subject, text string, at time.Time) {
	d.Log.Info("alarm", "account", d.Account.ID, "kind", kind, "subject", subject, "text", text)
	if err := d.raiseQuietly(ctx, kind, subject, text, at); err != nil {
		d.ledgerFault(err)
	}
}

// raiseQuietly is for what is found anew each time that somebody looks.
func (d *Engine) raiseQuietly(ctx context.Context, kind, subject, text string, at time.Time) error {
	d.mu.Lock()
	d.standing[[2]string{kind, subject}] = true
	d.mu.Unlock()
	return d.Ledger.Raise(context.WithoutCancel(ctx), d.Account.ID, kind, subject, text, at)
}

// clear says that it is well again, if it was not.
func (d *Engine) clear(ctx context.Context, kind, subject string, at time.Time) {
	key := [2]string{kind, subject}
	d.mu.Lock()
	standing := d.standing[key]
	delete(d.standing, key)
	d.mu.Unlock()
	if !standing {
		return
	}
	if err := d.Ledger.Clear(context.WithoutCancel(ctx), d.Account.ID, kind, subject, at); err != nil {
		d.ledgerFault(err)
	}
}

// refreshAlarms learns which alarms stand, of an earlier process or of another one.
func (d *Engine) refreshAlarms(ctx context.Context) error {
	alarms, err := d.Ledger.Standing(ctx, d.Account.ID)
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
func (d *Engine) Hold(ctx context.Context, now time.Time, jump time.Duration) {
	d.raise(ctx, ledger.AlarmClock, d.Account.ID, fmt.Sprintf("the clock jumped forward by %s, further than catchup; nothing is made or sent until the clock is set back, or systemctl reload (SIGHUP) says that it is right", jump.Round(time.Minute)), now)
	if err := d.tell(ctx, now); err != nil {
		d.fault(fmt.Errorf("alarms: %w", err))
	}
}

// assess raises and clears what is seen only by looking at all that is left.
func (d *Engine) assess(ctx context.Context, now time.Time) error {
	owed, err := d.Ledger.OwedPeriods(ctx, d.Account.ID)
	if err != nil {
		return err
	}
	unsent, err := d.Ledger.Unsent(ctx, d.Account.ID)
	if err != nil {
		return err
	}
	standing, err := d.Ledger.Standing(ctx, d.Account.ID)
	if err != nil {
		return err
	}
	still := map[[2]string]bool{}
	for _, p := range owed {
		still[[2]string{ledger.AlarmReconcile, p.Report + " " + p.Name}] = true
		if p.Due.Add(lateAfter).Before(now) && (p.Attempts > 0 || p.Crashes > 0) {
			still[[2]string{ledger.AlarmLate, p.Report}] = true // another configuration's too: this one cannot say that it is well again
			if d.report(p.Report) == nil {
				continue
			}
			err = d.raiseQuietly(ctx, ledger.AlarmLate, p.Report, fmt.Sprintf("%s %s was due %s: %s", p.Report, p.Name, d.local(p.Due), p.Error), now)
			if err != nil {
				return err
			}
		}
	}
	for _, row := range unsent {
		switch row.State {
		case ledger.Held:
			still[[2]string{ledger.AlarmHeld, fmt.Sprint(row.ID)}] = true
			fallthrough
		case ledger.Uncertain, ledger.Sending:
			still[[2]string{ledger.AlarmUncertain, fmt.Sprint(row.ID)}] = true
		}
		if row.State != ledger.Held && row.QueuedAt.Add(warnAfter).Before(now) {
			still[[2]string{ledger.AlarmWaiting, mailbox(row.Recipient)}] = true
			if d.report(row.Report) == nil {
				continue
			}
			err = d.raiseQuietly(ctx, ledger.AlarmWaiting, mailbox(row.Recipient), fmt.Sprintf("%s %s to %s waits since %s and is given up on %s: %s",
				row.Report, row.Period, row.Recipient, d.local(row.QueuedAt), d.local(row.QueuedAt.Add(giveUp)), row.Answer), now)
			if err != nil {
				return err
			}
		}
	}
	for _, a := range standing {
		passes := a.Kind == ledger.AlarmLate || a.Kind == ledger.AlarmWaiting || a.Kind == ledger.AlarmUncertain || a.Kind == ledger.AlarmHeld || a.Kind == ledger.AlarmReconcile
		if passes && !still[[2]string{a.Kind, a.Subject}] {
			d.clear(ctx, a.Kind, a.Subject, now)
		}
	}
	return nil
}

func (d *Engine) local(t time.Time) string {
	return t.In(d.Account.Location).Format("2006-01-02 15:04")
}

// tell mails the operator what was not told yet, in one message.
func (d *Engine) tell(ctx context.Context, now time.Time) error {
	untold, err := d.Ledger.Untold(ctx, d.Account.ID)
	if err != nil || len(untold) == 0 {
		return err
	}
	untold = untold[:min(len(untold), alarmsAtMax)]
	var ids []int64
	identity := []string{d.Account.ID, "alarm"}
	for _, a := range untold {
		ids = append(ids, a.ID)
		identity = append(identity, a.Kind, a.Subject, ident.Instant(a.Raised), ident.Instant(a.Well))
	}
	if d.Operator != nil && d.Sender != nil {
		m, err := d.alarmMail(untold, identity, now)
		if err != nil {
			return err
		}
		_, err = d.Sender.Send(ctx, now.In(d.Account.Location).Format("2006-01-02")+"_alarm_"+ident.ShortHash(identity), m, nil)
		var failed *ourmail.Error
		if errors.As(err, &failed) && failed.Verdict != ourmail.NotSent { // it has most likely arrived, or never will
			d.Log.Error("mail to the operator", "operator", d.Operator.Address, "error", err)
			err = nil
		}
		if err != nil {
			return fmt.Errorf("mail to the operator %s: %w", d.Operator.Address, err)
		}
	}
	return d.Ledger.Told(ctx, ids, now)
}

// alarmMail is what the operator gets: what is wrong, and what is well again.
func (d *Engine) alarmMail(alarms []ledger.Alarm, identity []string, now time.Time) (ourmail.Frozen, error) {
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
		if a.Well.IsZero() {
			wrong = append(wrong, []string{text, words.DateTime(a.Raised.In(d.Account.Location))})
			continue
		}
		well = append(well, []string{text, words.DateTime(a.Well.In(d.Account.Location))})
	}
	name := d.Account.Organization.Name
	if name == "" {
		name = d.Account.ID
	}
	body := ourmail.Content{
		Language: language, Organization: d.Account.Organization.Name, Title: words.Word("alarm.title"),
		Period: d.local(now), Span: d.Account.ID, Lead: words.Count("alarm.lead", int64(len(wrong))),
		Footer: []string{words.Word("alarm.footer")},
	}
	if len(wrong) == 0 {
		body.Lead = words.Word("alarm.all_well")
	}
	body.Subject = words.Word("mail.subject", "Rapport", strings.TrimSuffix(body.Lead, ".")) + " – " + name
	for _, table := range []struct {
		title string
		rows  [][]string
	}{{"alarm.wrong", wrong}, {"alarm.well", well}} {
		if len(table.rows) > 0 {
			body.Tables = append(body.Tables, content.Table{
				Title: words.Word(table.title), Head: []string{words.Word("alarm.what"), words.Word("alarm.since")},
				Right: []bool{false, true}, Rows: table.rows,
			})
		}
	}
	_, domain, _ := strings.Cut(d.Composer.From.Address, "@")
	return ourmail.Compose(ourmail.Message{
		From: d.Composer.From, To: *d.Operator, Envelope: d.Composer.Envelope, ID: ourmail.MessageID(domain, identity...), Date: now.In(d.Account.Location), Content: body,
	})
}
