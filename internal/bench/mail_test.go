package bench

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// rows200KB is how many rows a CSV of 200 KB has.
const rows200KB = 1_250

// BenchmarkMail mails 500 messages with an attachment of 200 KB over loopback: made, frozen
// on disk, with an intent and a verdict in the ledger for each, over ten connections. Naive is
// one call of go-mail, which remembers nothing.
func BenchmarkMail(b *testing.B) {
	s := startDiscardRelay(b)
	mailBoth(b, s, s.port(), 10, 50)
}

// BenchmarkMailFar mails 50 messages to a relay that is 20 ms away, each way.
func BenchmarkMailFar(b *testing.B) {
	s := startDiscardRelay(b)
	mailBoth(b, s, s.delayedPort(b, 20*time.Millisecond), 1, 50)
}

func mailBoth(b *testing.B, s *discardRelay, port, reports, recipients int) {
	var ours, naive, work time.Duration
	for b.Loop() {
		before := cpuTime(b)
		ours += makeAndMail(b, payments(rows200KB), dailyReports(reports, recipients), port, 10)
		work += cpuTime(b) - before
		b.StopTimer()
		naive += mailNaively(b, port, reports*recipients)
		b.StartTimer()
	}
	if taken := s.taken.Load(); taken != int64(2*b.N*reports*recipients) {
		b.Fatalf("the relay took %d", taken)
	}
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/job")
	b.ReportMetric(work.Seconds()/float64(b.N), "cpu-s/job") // the relay's included
	b.ReportMetric(ours.Seconds()/naive.Seconds(), "of-naive")
}

// mailNaively is what go-mail's documentation begins with.
func mailNaively(b *testing.B, port, n int) time.Duration {
	b.Helper()
	attachment := bytes.Repeat([]byte("2026-11-19 14:05:09;Innløsning;T12345678.000000000000;683,00\r\n"), 200_000/62)
	start := time.Now()
	client, err := gomail.NewClient("127.0.0.1", gomail.WithPort(port), gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithHELO("naive.test"))
	if err != nil {
		b.Fatal(err)
	}
	var messages []*gomail.Msg
	for i := range n {
		m := gomail.NewMsg()
		if err := m.From("rapport@fjordfisk.no"); err != nil {
			b.Fatal(err)
		}
		if err := m.To(fmt.Sprintf("r%d@fjordfisk.no", i)); err != nil {
			b.Fatal(err)
		}
		m.Subject("Dagsoppgjør")
		m.SetBodyString(gomail.TypeTextPlain, "Se vedlegget.")
		m.AttachReadSeeker("dagsoppgjoer.csv", bytes.NewReader(attachment))
		messages = append(messages, m)
	}
	if err := client.DialAndSend(messages...); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}
