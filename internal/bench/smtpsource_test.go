package bench

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// BenchmarkMailAndSMTPSource does the job of [BenchmarkMail] with Postfix' smtp-sink for a relay. Beside
// it smtp-source sends as many messages of the same size, all alike, over as many connections: it makes
// nothing, keeps nothing and remembers nothing.
func BenchmarkMailAndSMTPSource(b *testing.B) {
	const reports, recipients, connections = 10, 50, 10
	port := startSMTPSink(b)
	source, err := exec.LookPath("smtp-source")
	if err != nil {
		b.Skip(err)
	}
	size := messageSize(b, connections)
	var ours, theirs, work time.Duration
	for b.Loop() {
		before := cpuTime(b)
		ours += makeAndMail(b, payments(rows200KB), dailyReports(reports, recipients), port, connections)
		work += cpuTime(b) - before
		b.StopTimer()
		start := time.Now()
		said, err := exec.Command(source, "-d", "-s", fmt.Sprint(connections), "-m", fmt.Sprint(reports*recipients), "-l", fmt.Sprint(size),
			"-f", "rapport@fjordfisk.no", "-t", "r@fjordfisk.no", fmt.Sprintf("127.0.0.1:%d", port)).CombinedOutput()
		if err != nil {
			b.Fatalf("%v: %s", err, said)
		}
		theirs += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/job")
	b.ReportMetric(work.Seconds()/float64(b.N), "cpu-s/job") // without the relay's
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "of-smtp-source")
}

// messageSize is how many bytes a message of the job has.
func messageSize(b *testing.B, connections int) int64 {
	b.Helper()
	relay := startDiscardRelay(b)
	makeAndMail(b, payments(rows200KB), dailyReports(1, 1), relay.port(), connections)
	return relay.bytes.Load()
}

// startSMTPSink gives the port on which smtp-sink throws away what it takes.
func startSMTPSink(b *testing.B) int {
	b.Helper()
	sink, err := exec.LookPath("smtp-sink")
	if err != nil {
		b.Skip(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	args := []string{address, "100"}
	if os.Geteuid() == 0 {
		args = append([]string{"-u", "nobody"}, args...)
	}
	cmd := exec.Command(sink, args...)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for range 100 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			return free.Addr().(*net.TCPAddr).Port
		}
		<-time.After(50 * time.Millisecond)
	}
	b.Fatal("smtp-sink does not answer")
	return 0
}
