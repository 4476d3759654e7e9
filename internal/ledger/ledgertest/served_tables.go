package ledgertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"rapport/internal/ledger"
	"rapport/internal/ledger/served"
)

// apiReport is a report that was made over HTTP.
func apiReport(id, sameness string, at time.Time) served.Report {
	return served.Report{Account: account, ID: id, Config: config, Kind: served.Scheduled, Body: []byte(`{"name":"` + id + `"}`), Sameness: sameness, CreatedAt: at, CreatedBy: "bi"}
}

func (b *fixture) insert(l *ledger.Ledger, r served.Report) error {
	return l.Write(context.Background(), r.Insert)
}

func sameReports(b *fixture) {
	at, ctx := b.now(), context.Background()
	var wg sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		l := b.ledger()
		wg.Go(func() { results[i] = b.insert(l, apiReport(fmt.Sprint("report-", i), "same", at)) })
	}
	wg.Wait()
	l, made := b.ledger(), ""
	for i, err := range results {
		var same *served.SameError
		switch {
		case err == nil && made == "":
			made = fmt.Sprint("report-", i)
		case !errors.As(err, &same):
			b.Errorf("report %d: %v", i, err)
		}
	}
	all, version, err := served.Of(l).Reports(ctx, account, config, "")
	b.must(err)
	equal(b, "there are", texts(all, func(r served.Report) string {
		return fmt.Sprint(r.ID, r.Sameness, string(r.Body), r.CreatedBy, r.CreatedAt.Equal(at))
	}),
		fmt.Sprintf(`[%ssame{"name":"%s"}bitrue]`, made, made))
	none, same1, err := served.Of(l).Reports(ctx, account, config, version)
	b.must(err)
	equal(b, "asked for again", words(len(none), same1 == version), "0 true")

	other := apiReport("other", "else", at)
	b.must(b.insert(l, other))
	other.Sameness = "same"
	var same *served.SameError
	if err := l.Write(ctx, other.Replace); !errors.As(err, &same) || same.ID != made {
		b.Errorf("one that becomes the same: %v", err)
	}
	other.Sameness, other.Body = "else", []byte(`{}`)
	b.must(l.Write(ctx, other.Replace))
	got, found, err := served.Of(l).Report(ctx, account, "other")
	b.must(err)
	equal(b, "replaced", fmt.Sprint(found, string(got.Body), got.CreatedBy), "true{}bi")
	once := apiReport("generate-1", "same", at)
	once.Kind = served.Generated
	b.must(b.insert(l, once))
	all, changed, err := served.Of(l).Reports(ctx, account, config, version)
	b.must(err)
	equal(b, "changed, and nothing owed of the generated one", words(len(all), changed != version), "2 true")
	owed := due("generate-1", 1)
	b.plan(l, owed)
	all, changed, err = served.Of(l).Reports(ctx, account, config, changed)
	b.must(err)
	equal(b, "something is owed of it", texts(all, func(r served.Report) string { return r.Kind }), "[scheduled scheduled generated]")
	b.must(l.CancelPeriods(ctx, []int64{b.period(l, owed.Key).ID}, "x"))
	all, _, err = served.Of(l).Reports(ctx, account, config, changed)
	b.must(err)
	equal(b, "no more", len(all), 2)
	b.must(served.Of(l).AdoptReports(ctx, account, "other.yaml"))
	all, _, err = served.Of(l).Reports(ctx, account, config, "")
	b.must(err)
	adopted, _, err := served.Of(l).Reports(ctx, account, "other.yaml", "")
	b.must(err)
	equal(b, "after another configuration adopted them", words(len(all), len(adopted)), "0 2")
}

func deletedReports(b *fixture) {
	l, ctx, at := b.ledger(), context.Background(), b.now()
	t := served.Of(l)
	b.must(b.insert(l, apiReport("a", "same", at)))
	remove := func() error {
		return l.Write(ctx, func(tx ledger.Tx) error { return apiReport("a", "", at).Delete(tx, at) })
	}
	b.must(remove())
	if err := remove(); err == nil {
		b.Error("it was deleted twice")
	}
	if err := l.Write(ctx, apiReport("a", "x", at).Replace); err == nil {
		b.Error("it was changed after it was deleted")
	}
	b.must(b.insert(l, apiReport("b", "same", at)))
	all, _, err := t.Reports(ctx, account, config, "")
	b.must(err)
	equal(b, "there", texts(all, func(r served.Report) string { return r.ID }), "[b]")
	gone, found, err := t.Report(ctx, account, "a")
	b.must(err)
	equal(b, "the other", fmt.Sprint(found, gone.DeletedAt.Equal(at)), "true true")

	made := due("a", 1)
	b.made(l, made, "kari@x.no")
	b.must(t.PurgeReports(ctx, account, at.Add(time.Hour)))
	_, found, err = t.Report(ctx, account, "a")
	b.must(err)
	equal(b, "known while the ledger has its files", found, true)
	_, found, err = t.Report(ctx, account, "b")
	b.must(err)
	equal(b, "one that is there stays", found, true)
	p := b.period(l, made.Key)
	for _, d := range b.unsent(l) {
		_, err := l.CloseDelivery(ctx, d.ID, at)
		b.must(err)
	}
	b.must(l.PurgeDetails(ctx, p.ID))
	b.must(t.PurgeReports(ctx, account, at.Add(time.Hour)))
	_, found, err = t.Report(ctx, account, "a")
	b.must(err)
	equal(b, "known after its files went", found, false)
}

func (b *fixture) unsent(l *ledger.Ledger) []ledger.Delivery {
	b.Helper()
	all, err := l.Unsent(context.Background(), account)
	b.must(err)
	return all
}

func firstSeen(b *fixture) {
	t, ctx := served.Of(b.ledger()), context.Background()
	first, later := b.now(), b.now()
	_, err := t.FirstSeen(ctx, account, []string{"a", "b"}, first)
	b.must(err)
	seen, err := t.FirstSeen(ctx, account, []string{"b", "c"}, later)
	b.must(err)
	equal(b, "a b c", words(seen["a"].Equal(first), seen["b"].Equal(first), seen["c"].Equal(later)), "true true true")
}

func reportEnds(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	sent := b.made(l, due("daily", 1), "queued@x.no", "held@x.no", "claimed@x.no", "sent@x.no", "uncertain@x.no")
	b.send(l, sent[1].ID, ledger.Result{State: ledger.Held})
	b.claimDelivery(l, sent[2].ID)
	b.send(l, sent[3].ID, ledger.Result{State: ledger.Sent})
	b.send(l, sent[4].ID, ledger.Result{State: ledger.Uncertain})
	b.made(l, due("other", 1), "kari@x.no")
	b.plan(l, due("daily", 2), due("daily", 3), due("other", 2))
	b.claimPeriod(l, b.period(l, due("daily", 3).Key).ID)
	b.must(l.Write(ctx, func(tx ledger.Tx) error { return tx.EndReport(account, "daily", "was deleted", b.now()) }))
	for recipient, want := range map[string]ledger.DeliveryState{"queued": ledger.CancelledDelivery, "held": ledger.Held, "claimed": ledger.Queued, "sent": ledger.Sent, "uncertain": ledger.CancelledDelivery} {
		all, err := l.Deliveries(ctx, ledger.Filter{Account: account, Report: "daily", Recipient: recipient + "@x.no"})
		b.must(err)
		equal(b, recipient, all[0].State, want)
	}
	for _, c := range []struct {
		p    ledger.Planned
		want ledger.PeriodState
	}{{due("daily", 2), ledger.Cancelled}, {due("daily", 3), ledger.Owed}, {due("other", 2), ledger.Owed}} {
		equal(b, c.p.Report+" "+c.p.Name, b.period(l, c.p.Key).State, c.want)
	}
	equal(b, "why", b.period(l, due("daily", 2).Key).Error, "was deleted")
}

func acts(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	t := served.Of(l)
	first := b.now()
	for i := range 5 {
		a := served.Act{At: first.Add(time.Duration(i) * time.Minute), Account: account, Actor: served.Actor{Name: []string{"kari", "bi"}[i%2], Via: []string{served.ViaPage, served.ViaAPI}[i%2], Address: "192.0.2.1"},
			Action: "change", Object: fmt.Sprint("report ", i), Before: "a\x00", After: "b"}
		b.must(l.Write(ctx, a.WriteDown))
	}
	b.must(l.Write(ctx, served.Act{At: first.Add(time.Hour), Account: "P99999999", Actor: served.Actor{Name: "kari", Via: served.ViaPage}, Action: "change", Object: "another's"}.WriteDown))
	show := func(a served.Act) string { return fmt.Sprint(a.Object, " ", a.Name) }
	all, err := t.Acts(ctx, served.ActFilter{Account: account, Limit: 2})
	b.must(err)
	equal(b, "the newest", texts(all, show), "[report 4 kari report 3 bi]")
	equal(b, "one of them", fmt.Sprint(all[0].Before, all[0].After, all[0].Address, all[0].At.Equal(first.Add(4*time.Minute))), "a\uFFFDb192.0.2.1true")
	all, err = t.Acts(ctx, served.ActFilter{Account: account, Actor: "kari", Via: served.ViaPage, OlderThan: all[0].ID, Limit: 10})
	b.must(err)
	equal(b, "older ones of one", texts(all, show), "[report 2 kari report 0 kari]")
	if err := l.Write(ctx, served.Act{Account: account, Actor: served.Actor{Via: served.ViaAPI}}.WriteDown); err == nil {
		b.Error("an act without an instant was taken")
	}
	b.must(t.PurgeActs(ctx, account, first.Add(3*time.Minute)))
	all, err = t.Acts(ctx, served.ActFilter{Account: account, Limit: 10})
	b.must(err)
	equal(b, "after the older ones went", len(all), 2)
}

func decisionWithAct(b *fixture) {
	l, ctx := b.ledger(), context.Background()
	sent := b.made(l, due("daily", 1), "kari@x.no")
	act := served.Act{At: b.now(), Account: account, Actor: served.Actor{Name: "ola", Via: served.ViaShell}, Action: "close", Object: "delivery"}
	_, err := l.CloseDelivery(ctx, sent[0].ID, b.now(), func(ledger.Tx) error { return errUndo })
	if !errors.Is(err, errUndo) {
		b.Error(err)
	}
	equal(b, "undone", b.delivery(l, sent[0].ID).State, ledger.Queued)
	_, err = l.CloseDelivery(ctx, sent[0].ID, b.now(), act.WriteDown)
	b.must(err)
	_, err = l.CloseDelivery(ctx, sent[0].ID, b.now(), act.WriteDown)
	var state *ledger.StateError
	if !errors.As(err, &state) {
		b.Error(err)
	}
	all, err := served.Of(l).Acts(ctx, served.ActFilter{Account: account, Limit: 10})
	b.must(err)
	equal(b, "acts", len(all), 1)
}

func signingKeys(b *fixture) {
	one, two, ctx := served.Of(b.ledger()), served.Of(b.ledger()), context.Background()
	key := func(t served.Tables, fresh string) string {
		k, err := t.SigningKey(ctx, served.KeyOfTokens, func() []byte { return []byte(fresh) }, b.now())
		b.must(err)
		return string(k)
	}
	equal(b, "the keys", words(key(one, "first"), key(two, "second"), key(one, "third")), "first first first")
	b.must(two.RenewKeys(ctx, served.Act{At: b.now(), Account: account, Actor: served.Actor{Via: served.ViaShell}, Action: "renew keys"}))
	equal(b, "renewed", key(one, "fourth"), "fourth")
	b.must(one.KeepCertificate(ctx, "a", []byte{1, 0}))
	b.must(one.KeepCertificate(ctx, "a", []byte{2, 0}))
	data, err := two.Certificate(ctx, "a")
	b.must(err)
	equal(b, "kept", bytes.Equal(data, []byte{2, 0}), true)
	b.must(one.KeepCertificate(ctx, "a", nil))
	data, err = two.Certificate(ctx, "a")
	b.must(err)
	equal(b, "removed", data == nil, true)
}

func sessions(b *fixture) {
	t, ctx := served.Of(b.ledger()), context.Background()
	at := b.now()
	for i, name := range []string{"kari", "ola"} {
		b.must(t.BeginSession(ctx, served.Session{ID: name + "-id", Name: name, Proof: "p", How: served.ByPassword, Created: at, Seen: at.Add(time.Duration(i) * time.Hour), Address: "192.0.2.1", Agent: "x"}))
	}
	b.must(t.SeeSession(ctx, "kari-id", at.Add(2*time.Hour), "nb"))
	all, err := t.Sessions(ctx)
	b.must(err)
	equal(b, "by when they were seen", texts(all, func(s served.Session) string { return s.Name + s.Settings }), "[karinb ola]")
	b.must(t.EndSession(ctx, "kari-id", served.Act{At: at, Account: account, Actor: served.Actor{Via: served.ViaPage}, Action: "sign out"}))
	_, found, err := t.Session(ctx, "kari-id")
	b.must(err)
	s, foundOther, err := t.Session(ctx, "ola-id")
	b.must(err)
	equal(b, "found", words(found, foundOther, s.Proof, s.How, s.Created.Equal(at)), "false true p password true")
	b.must(t.PurgeSessions(ctx, at.Add(-time.Hour), at.Add(90*time.Minute), at))
	_, found, err = t.Session(ctx, "ola-id")
	b.must(err)
	equal(b, "after it was idle for too long", found, false)
}

func links(b *fixture) {
	t, ctx, at := served.Of(b.ledger()), context.Background(), b.now()
	b.must(t.MakeLink(ctx, served.Link{ID: "x", Account: account, Role: "admin", MadeBy: "root", Expires: at.Add(10 * time.Minute)}))
	use := func(t served.Tables, now time.Time, id string) bool {
		used, err := t.UseLink(ctx, "x", now, func(l served.Link) (served.Session, served.Act) {
			return served.Session{ID: id, Name: l.MadeBy, Proof: l.Role, How: served.ByLink, Account: l.Account, Created: now, Seen: now},
				served.Act{At: now, Account: l.Account, Actor: served.Actor{Name: l.MadeBy, Via: served.ViaPage}, Action: "sign in"}
		})
		b.must(err)
		return used
	}
	equal(b, "when it is over", use(t, at.Add(10*time.Minute), "late") || use(t, at.Add(time.Hour), "later"), false)
	var used [4]bool
	var wg sync.WaitGroup
	for i := range used {
		other := served.Of(b.ledger())
		wg.Go(func() { used[i] = use(other, at, fmt.Sprint("session-", i)) })
	}
	wg.Wait()
	n := 0
	for _, u := range used {
		if u {
			n++
		}
	}
	equal(b, "how often it was used", n, 1)
	all, err := t.Sessions(ctx)
	b.must(err)
	equal(b, "sessions", texts(all, func(s served.Session) string { return s.Name + s.Proof + s.Account }), "[rootadmin"+account+"]")
}
