package reportconfig

import (
	"time"

	"rapport/internal/calendar"
)

// The calendar under the names that other packages still call it by; new code imports internal/calendar.
type (
	Period    = calendar.Period
	Schedule  = calendar.Schedule
	TimeOfDay = calendar.TimeOfDay
)

// The schedules of internal/calendar.
const (
	Daily       = calendar.Daily
	Weekly      = calendar.Weekly
	Monthly     = calendar.Monthly
	TwiceAMonth = calendar.TwiceAMonth
)

// ParsePeriod is calendar.ParsePeriod.
func ParsePeriod(s string, loc *time.Location) (Period, error) { return calendar.ParsePeriod(s, loc) }

// ParsePeriods is calendar.ParsePeriods.
func ParsePeriods(s string, of Schedule, loc *time.Location) ([]Period, error) {
	return calendar.ParsePeriods(s, of, loc)
}
