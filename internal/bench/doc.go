// Package bench is the jobs of the README's performance table, as benchmarks: each does a
// whole job as a user would have it done, does the same the naive way in the same run, and
// reports the ratio. Nothing in it fails because a machine is slow, and nothing of the
// program may import it.
//
//	go test -run - -bench . -benchtime 3x ./internal/bench
//
// The script run puts the built program beside other programs that do the same.
package bench
