package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"rapport/internal/archive"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// closedDays are payments by day that change after their day has ended: those of an even number are
// one seller's, the others another's. No state of a day comes back, of neither seller.
type closedDays struct {
	dice    *rand.Rand
	days    map[string]map[int]int64 // amounts by transaction
	counter int
}

func (c *closedDays) change(day string) {
	if c.days[day] == nil {
		c.days[day] = map[int]int64{}
	}
	for range 1 + c.dice.IntN(3) {
		of := c.days[day]
		c.counter += 2
		switch ids := slices.Sorted(maps.Keys(of)); {
		case len(ids) > 3 && c.dice.IntN(3) == 0:
			delete(of, ids[c.dice.IntN(len(ids))])
		case len(ids) > 0 && c.dice.IntN(2) == 0:
			of[ids[c.dice.IntN(len(ids))]] = int64(10_000 + c.counter)
		}
		of[c.counter], of[c.counter+1] = int64(100+c.counter), int64(101+c.counter)
	}
}

func (c *closedDays) write(t *testing.T, path string) {
	t.Helper()
	var out strings.Builder
	for _, day := range slices.Sorted(maps.Keys(c.days)) {
		for _, id := range slices.Sorted(maps.Keys(c.days[day])) {
			at, amount := day+"T12:00:00Z", c.days[day][id]
			fmt.Fprintf(&out, `{"id":"T12345678.%d","payout_destination_id":"s%d","amount":%d,"currency":"NOK","status":"CAPTURED","payment_product":"vipps","payment_product_type":"vipps","created_at":%q,"updated_at":%q,`+
				`"events":[{"event":"AUTHORIZE","success":true,"amount":%d,"created_at":%q},{"event":"CAPTURE","success":true,"amount":%d,"created_at":%q}]}`+"\n", id, id%2, amount, at, at, amount, at, amount, at)
		}
	}
	if err := os.WriteFile(path, []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestKillOfCorrections kills the real program at random moments while days that have ended change:
// the report of each, and each seller's part of it, with its corrections applied in their order, is
// what the source says in the end; none is missing, none is there twice, no report was touched, and
// the series are whole. -kills is how often.
func TestKillOfCorrections(t *testing.T) {
	long(t)
	t.Parallel()
	t.Logf("-killseed %d", *killSeed)
	dice := rand.New(rand.NewPCG(*killSeed, 15))
	dir, program := t.TempDir(), binary(t)
	config, file := filepath.Join(dir, "shop.yaml"), filepath.Join(dir, "tx.ndjson")
	err := os.WriteFile(config, []byte(`account: T12345678
source: {files: {transactions: tx.ndjson}}
mail: {from: Rapport <rapport@x.example>, outbox: outbox}
reports:
  - {id: day, name: Day, dataType: checkout/transactions, schedule: daily, language: en, contentTypes: [text/csv], emails: [a@x.example, b@x.example], corrections: recipients, split: payout_destination_id, addresses: sellers.csv}
`), 0o600)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "sellers.csv"), []byte("value,emails\ns0,s0@x.example s00@x.example\ns1,s1@x.example s11@x.example\n"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	source := &closedDays{dice: dice, days: map[string]map[int]int64{}}
	firsts, now, killed := map[string]string{}, time.Date(2026, 11, 20, 6, 30, 0, 0, time.UTC), 0
	start := func(ctx context.Context, args ...string) error {
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGKILL) }
		return cmd.Run()
	}
	run := func(ctx context.Context) error {
		return start(ctx, "run", config, "--now", now.Format(time.RFC3339))
	}
	whole := 200 * time.Millisecond
	for days := 0; days < scaled(12, 4) || killed < *kills; days++ {
		yesterday := now.AddDate(0, 0, -1).Format(time.DateOnly)
		source.change(yesterday)
		correctable := now.AddDate(0, 0, -33).Format(time.DateOnly) // older days are past catchup: nobody is told of them
		for _, day := range slices.Sorted(maps.Keys(source.days)) {
			if dice.IntN(2) == 0 && day != yesterday && day > correctable {
				source.change(day)
			}
		}
		source.write(t, file)
		for range 2 { // a third crash over one thing pauses it
			if days == 0 {
				break
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(dice.Int64N(int64(whole*11/10))))
			if err := run(ctx); err != nil && !cmdEnded(err) {
				killed++
			}
			cancel()
			ctx, cancel = context.WithTimeout(t.Context(), time.Duration(dice.Int64N(int64(whole/2))))
			if err := start(ctx, "verify", config); err != nil && !cmdEnded(err) {
				killed++
			}
			cancel()
		}
		began := time.Now()
		for i := 0; ; i++ {
			if err := run(t.Context()); err == nil {
				break
			} else if i == 3 {
				t.Fatal(err)
			}
		}
		whole = time.Since(began)
		path := filepath.Join(dir, "archive", "day", yesterday, "day_"+yesterday+".csv")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		firsts[path] = string(text)
		now = now.AddDate(0, 0, 1)
	}
	corrections, ofParts := 0, 0
	for path, text := range firsts {
		day := filepath.Base(filepath.Dir(path))
		if now, err := os.ReadFile(path); err != nil || string(now) != text {
			t.Errorf("the report of %s was touched: %v", day, err)
		}
		corrections += checkCorrections(t, dir, "day", day, source.days[day])
		for seller := range 2 {
			own := maps.Clone(source.days[day])
			maps.DeleteFunc(own, func(id int, _ int64) bool { return id%2 != seller })
			ofParts += checkCorrections(t, dir, fmt.Sprintf("day/s%d", seller), day, own)
		}
	}
	if err := start(t.Context(), "verify", config); err != nil {
		t.Errorf("the series are not whole: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "archive", "day", "*", ".*"))
	parts, err2 := filepath.Glob(filepath.Join(dir, "archive", "day", "*", "*", ".*"))
	left, err = append(left, parts...), errors.Join(err, err2)
	left = slices.DeleteFunc(left, func(path string) bool { return filepath.Base(path) == archive.Seal })
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	t.Logf("%d kills, %d corrections, %d of parts", killed, corrections, ofParts)
}

// checkCorrections applies the corrections of a day to a report, and gives their number.
func checkCorrections(t *testing.T, dir, report, day string, want map[int]int64) (n int) {
	t.Helper()
	rows := map[string]int{}
	read := func(path string, correction bool) {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		lines, err := csv.NewReader(file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines[1:] {
			row := line[2] + " " + line[16]
			if correction && line[len(line)-1] == "Removed" {
				if rows[row]--; rows[row] < 0 {
					t.Errorf("%s: removes what is not there: %s", path, row)
				}
			} else {
				rows[row]++
			}
		}
	}
	base := filepath.Join(dir, "archive", report, day, "day_"+day)
	read(base+".csv", false)
	all, err := filepath.Glob(base + "_correction-*.csv")
	if err != nil {
		t.Fatal(err)
	}
	for n = 1; n <= len(all); n++ { // each is there
		read(fmt.Sprintf("%s_correction-%d.csv", base, n), true)
	}
	for row, times := range rows {
		if times == 0 {
			delete(rows, row)
		}
	}
	for id, amount := range want {
		row := fmt.Sprintf("T12345678.%d %d.%02d", id, amount/100, amount%100)
		if rows[row] != 1 {
			t.Errorf("%s: %s is there %d times", day, row, rows[row])
		}
		delete(rows, row)
	}
	if len(rows) > 0 {
		t.Errorf("%s: there is also %v", day, rows)
	}
	mails, err := filepath.Glob(filepath.Join(dir, "outbox", day+"_"+strings.ReplaceAll(report, "/", ".")+"_*.eml"))
	if err != nil || len(mails) != 2*(1+len(all)) {
		t.Errorf("%s: %d mails of %d corrections, %v", day, len(mails), len(all), err)
	}
	return len(all)
}
