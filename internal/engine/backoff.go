package engine

import "time"

// mostAhead is further ahead than any next try is set: what is later was written by a
// clock that was wrong.
const mostAhead = 2 * time.Hour

// backoff is how long to wait after so many tries: five minutes, doubling to an hour,
// give or take a tenth, so that what failed together does not come back together.
func backoff(tries int, id int64) time.Duration {
	wait := 5 * time.Minute << min(max(tries-1, 0), 10)
	wait = min(wait, time.Hour)
	jitter := (id*2654435761 + int64(tries)*40503) % 1000
	return wait - wait/10 + wait/5*time.Duration(max(jitter, -jitter))/1000
}
