package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rapport/internal/ledger"
	"rapport/internal/ledger/corrected"
	"rapport/internal/ledger/database"
	"rapport/internal/ledger/ledgertest"
)

// everything is all that a ledger says, or the first error.
func everything(path string) (said string, err error) {
	ctx := context.Background()
	l, err := openLedger(ctx, path, ledgertest.Options())
	if err != nil {
		return "", err
	}
	defer l.Close()
	var b strings.Builder
	say := func(what any, failed error) {
		if err == nil {
			err = failed
		}
		fmt.Fprintf(&b, "%+v\n", what)
	}
	periods, failed := l.Periods(ctx, ledger.Filter{})
	say(periods, failed)
	for _, p := range periods {
		say(l.Totals(ctx, p.ID))
		say(l.ArtifactsOfAllEditions(ctx, p.ID))
		say(l.MessageContent(ctx, p.ID))
		say(corrected.Of(l).Fingerprints(ctx, p.ID))
	}
	deliveries, failed := l.Deliveries(ctx, ledger.Filter{})
	say(deliveries, failed)
	for _, d := range deliveries {
		say(l.Attempts(ctx, d.ID))
	}
	say(ledgertest.Booked(l))
	say(l.OpenAlarms(ctx, ledgertest.Account))
	say(l.PlannedThrough(ctx, ledgertest.Account))
	return b.String(), err
}

// TestABitThatTurnedOverIsNoticed: of those that change what a ledger says nearly all.
func TestABitThatTurnedOverIsNoticed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	l := mustOpen(t, path)
	for day := range 12 {
		p := ledgertest.PlanDay(t, l, day)
		p, err := l.ClaimPeriod(t.Context(), p.ID)
		must(t, err)
		made := ledger.MadePeriod{At: ledgertest.Now(), MessageContent: []byte("what it says"), Fingerprints: bytes.Repeat([]byte{1, 2, 3}, 40)}
		for i := range 12 {
			made.Totals = append(made.Totals, ledger.Total{Dimension: "method", Name: fmt.Sprintf("method %d", i), Currency: "NOK", Measure: "net", Count: 12, Sum: int64(day)*1_000_003 + int64(i)})
		}
		for i := range 3 {
			made.Artifacts = append(made.Artifacts, ledger.Artifact{Path: fmt.Sprintf("daily/%d/%d.csv", day, i), ContentType: "text/csv", SHA256: strings.Repeat("ab", 32), Size: 4711, Rows: 17})
			made.Deliveries = append(made.Deliveries, ledger.NewDelivery{Recipient: fmt.Sprintf("r%d@x.no", i), MessageID: fmt.Sprintf("<%d.%d@x.no>", day, i), File: "m", SHA256: strings.Repeat("cd", 32), Size: 815})
		}
		must(t, l.RecordMade(t.Context(), p.Claim, made))
		if day%2 == 0 {
			for _, d := range mustList(t, l)[:2] {
				if d.State == ledger.Queued {
					ledgertest.SendDay(t, l, d.ID)
				}
			}
		}
	}
	must(t, l.Raise(t.Context(), ledger.Alarm{Account: ledgertest.Account, Kind: "late", Subject: "daily", Text: "daily is late", Raised: ledgertest.Now()}))
	must(t, l.Close())
	whole, witness := readFile(t, path), readFile(t, path+"-witness")
	want, err := everything(path)
	must(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	noticed, unnoticed := 0, 0
	for noticed+unnoticed < 40 {
		damaged := bytes.Clone(whole)
		at := random.IntN(len(damaged))
		damaged[at] ^= 1 << random.IntN(8)
		for _, suffix := range []string{"-wal", "-shm"} {
			_ = os.Remove(path + suffix)
		}
		must(t, os.WriteFile(path, damaged, 0o600))
		must(t, os.WriteFile(path+"-witness", witness, 0o600))
		switch said, err := everything(path); {
		case err != nil:
			noticed++
		case said != want:
			unnoticed++
			t.Logf("not noticed: byte %d", at)
		}
	}
	if noticed < 38 {
		t.Errorf("%d of %d were noticed", noticed, noticed+unnoticed)
	}
}

// TestADamagedSettlementIsNoticed: what a bridge closed with, and what was booked under which number.
func TestADamagedSettlementIsNoticed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rapport.db")
	l := mustOpen(t, path)
	ledgertest.BookDay(t, l, 0)
	must(t, l.Close())
	for _, damage := range [][2]string{
		{`UPDATE settlement_record SET record = CAST('what the bridge closed w1th' AS BLOB)`, `UPDATE settlement_record SET record = CAST('what the bridge closed with' AS BLOB)`},
		{`UPDATE settlement_record SET to_at = to_at + 4`, `UPDATE settlement_record SET to_at = to_at - 4`},
		{`UPDATE voucher SET number = 6`, `UPDATE voucher SET number = 7`}, {`UPDATE voucher SET currency = 'NOJ'`, `UPDATE voucher SET currency = 'NOK'`},
	} {
		rawExec(t, path, damage[0])
		l := mustOpen(t, path)
		if said, err := ledgertest.Booked(l); err == nil || !database.Unusable(err) || !strings.Contains(err.Error(), "not what was written") {
			t.Errorf("%s: %q, %v", damage[0], said, err)
		}
		must(t, l.Close())
		rawExec(t, path, damage[1])
	}
	l = mustOpen(t, path)
	defer l.Close()
	if said, err := ledgertest.Booked(l); err != nil || !strings.Contains(said, "s NOK daily 7") {
		t.Errorf("%q, %v", said, err)
	}
}

// TestADamagedRowIsNotWrittenOver, which would give it a checksum of its own.
func TestADamagedRowIsNotWrittenOver(t *testing.T) {
	t.Parallel()
	path := written(t, 1)
	for _, statement := range []string{
		`DROP TRIGGER delivery_updated`, `UPDATE delivery SET recipient = 'somebody.else@x.no'`,
		`DROP TRIGGER period_updated`, `UPDATE period SET number = 99`,
	} {
		rawExec(t, path, statement)
	}
	l := mustOpen(t, path)
	for what, do := range map[string]func() error{
		"deliveries": func() error { _, err := l.Deliveries(t.Context(), ledger.Filter{}); return err },
		"periods":    func() error { _, err := l.Periods(t.Context(), ledger.Filter{}); return err },
		"resend":     func() error { _, err := l.Resend(t.Context(), 1, ledgertest.Now()); return err },
	} {
		if err := do(); err == nil || !database.Unusable(err) || !strings.Contains(err.Error(), "not what was written") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
