//go:build !linux

package bench

import "testing"

// peakMemory is not known here.
func peakMemory(*testing.B) int64 { return 0 }
