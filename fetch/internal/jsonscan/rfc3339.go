package jsonscan

import (
	"errors"
	"time"
)

// ErrTimeForm is a text that is not written as a time is, errTimeRange one of another century.
var (
	ErrTimeForm  = errors.New("is not an RFC 3339 time")
	errTimeRange = errors.New("is not a time between 2000 and 2100")
)

// ParseTime reads an RFC 3339 time and returns it in UTC. Three things that the
// source may send are read kindly: a missing zone is UTC (as the Checkout API
// reads it), digits past the nanosecond are cut, and a leap second is the last
// nanosecond of its minute. Everything else near the form is refused: a date
// alone, a blank for the T, 24:00, 30 February, years outside 2000–2100.
func ParseTime(s []byte) (time.Time, error) {
	const date = len("2006-01-02T15:04:05")
	if len(s) < date || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, ErrTimeForm
	}
	year, month, day := number(s[:4]), number(s[5:7]), number(s[8:10])
	hour, minute, second := number(s[11:13]), number(s[14:16]), number(s[17:19])
	if min(year, hour, minute, second) < 0 || month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60 {
		return time.Time{}, ErrTimeForm
	}
	nano, rest, ok := parseFraction(s[date:])
	if !ok {
		return time.Time{}, ErrTimeForm
	}
	offset, ok := parseZone(rest)
	if !ok {
		return time.Time{}, ErrTimeForm
	}
	if year < 2000 || year > 2100 {
		return time.Time{}, errTimeRange
	}
	leap := second == 60
	if leap {
		second, nano = 59, 999_999_999
	}
	days, ok := dayNumber(year, month, day)
	if !ok {
		return time.Time{}, ErrTimeForm
	}
	t := time.Unix(((int64(days)*24+int64(hour))*60+int64(minute))*60+int64(second)-int64(offset/time.Second), int64(nano)).UTC()
	if leap && (t.Hour() != 23 || t.Minute() != 59) {
		return time.Time{}, ErrTimeForm
	}
	return t, nil
}

// number reads digits; what has anything else is below 0.
func number(digits []byte) (n int) {
	for _, c := range digits {
		if !isDigit(c) {
			return -1 << 31
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// dayNumber counts the days since 1970 to a day after it, if its month has that day. What
// [time.Date] does besides takes as long as all the rest of reading a time.
func dayNumber(year, month, day int) (days int, ok bool) {
	length := 30 + (month+month/8)%2
	if month == 2 {
		length = 28
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			length = 29
		}
	}
	if month < 3 { // years from March on end with the day that leaps
		year, month = year-1, month+12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*month-457)/5 + day - 719469, day <= length
}

// parseFraction reads ".123", cut at nine digits, and returns what follows.
func parseFraction(s []byte) (nano int, rest []byte, ok bool) {
	if len(s) == 0 || s[0] != '.' {
		return 0, s, true
	}
	digits := 0
	for s = s[1:]; len(s) > 0 && s[0] >= '0' && s[0] <= '9'; s = s[1:] {
		if digits < 9 {
			nano = nano*10 + int(s[0]-'0')
		}
		digits++
	}
	for i := digits; i < 9; i++ {
		nano *= 10
	}
	return nano, s, digits > 0
}

// parseZone reads Z, +01:00 or nothing.
func parseZone(s []byte) (time.Duration, bool) {
	switch {
	case len(s) == 0, string(s) == "Z":
		return 0, true
	case len(s) != len("+01:00") || s[3] != ':' || (s[0] != '+' && s[0] != '-'):
		return 0, false
	}
	for _, i := range [...]int{1, 2, 4, 5} {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	hours, minutes := int(s[1]-'0')*10+int(s[2]-'0'), int(s[4]-'0')*10+int(s[5]-'0')
	if hours > 23 || minutes > 59 {
		return 0, false
	}
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true
}
