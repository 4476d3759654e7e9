package locales

import (
	"fmt"
	"strconv"
	"time"
)

// Date is a short date: "19.11.2026", "19 Nov 2026".
func (p *Printer) Date(t time.Time) string {
	if p.language == "no" {
		return t.Format("02.01.2006")
	}
	return t.Format("2 Jan 2006")
}

// DateTime is a short date and the time of day: "19.11.2026 06:00".
func (p *Printer) DateTime(t time.Time) string {
	if p.language == "no" {
		return t.Format("02.01.2006 15:04")
	}
	return t.Format("2 Jan 2006 15:04")
}

// TimeOfDay writes a time without its day: "06:00".
func (p *Printer) TimeOfDay(t time.Time) string { return t.Format("15:04") }

// LongDate is a date with its weekday: "torsdag 19. november 2026".
func (p *Printer) LongDate(t time.Time) string {
	return p.weekday(t) + " " + p.dayMonth(t) + " " + strconv.Itoa(t.Year())
}

// ShortDay is a weekday and a date in a table: "tor. 19.11.", "Thu 19 Nov".
func (p *Printer) ShortDay(t time.Time) string {
	if p.language == "no" {
		return string([]rune(p.weekday(t))[:3]) + ". " + t.Format("02.01.")
	}
	return t.Format("Mon 2 Jan")
}

// DayNumber is a day of a month that is known: "19.", "19".
func (p *Printer) DayNumber(t time.Time) string {
	if p.language == "no" {
		return strconv.Itoa(t.Day()) + "."
	}
	return strconv.Itoa(t.Day())
}

// Month is a month and its year: "november 2026".
func (p *Printer) Month(t time.Time) string { return p.month(t) + " " + strconv.Itoa(t.Year()) }

// Period names a period in words. From and to are midnights of its first day and of the day after
// its last; schedule is daily, weekly, monthly, twice-a-month or vat-term:
// "torsdag 19. november 2026", "uke 47, 16.–22. november 2026", "november 2026", "1.–15. november 2026",
// "6. mva-termin 2026 (november–desember)".
func (p *Printer) Period(schedule string, from, to time.Time) string {
	last := lastDay(to)
	switch schedule {
	case "daily":
		return p.LongDate(from)
	case "weekly":
		return p.week(from) + ", " + p.dayRange(from, last)
	case "monthly":
		return p.Month(from)
	case "vat-term":
		return p.Word("period.vat_term_year", vatTerm(from), strconv.Itoa(from.Year())) + " (" + p.month(from) + "–" + p.month(last) + ")"
	}
	return p.dayRange(from, last)
}

// vatTerm is the number of the VAT term that begins then: two months each.
func vatTerm(from time.Time) string { return strconv.Itoa(int(from.Month()+1) / 2) }

// ShortPeriod names a period as a subject does: "tor 19.11", "uke 47", "november 2026", "1.–15. november",
// "6. mva-termin 2026".
func (p *Printer) ShortPeriod(schedule string, from, to time.Time) string {
	switch schedule {
	case "daily":
		if p.language == "no" {
			return string([]rune(p.weekday(from))[:3]) + " " + from.Format("02.01")
		}
		return from.Format("Mon 2 Jan")
	case "weekly":
		return p.week(from)
	case "monthly":
		return p.Month(from)
	case "vat-term":
		return p.Word("period.vat_term_year", vatTerm(from), strconv.Itoa(from.Year()))
	}
	return p.daysInMonth(from, lastDay(to))
}

// Before names the period that another is compared with, in a sentence: "forrige torsdag",
// "uke 46", "oktober", "1.–15. oktober", "5. mva-termin".
func (p *Printer) Before(schedule string, from, to time.Time) string {
	switch schedule {
	case "daily":
		return p.Word("period.last", p.weekday(from))
	case "weekly":
		return p.week(from)
	case "monthly":
		return p.month(from)
	case "vat-term":
		return p.Word("period.vat_term", vatTerm(from))
	}
	return p.daysInMonth(from, lastDay(to))
}

func (p *Printer) week(from time.Time) string {
	_, week := from.ISOWeek()
	return p.Word("period.week", strconv.Itoa(week))
}

// daysInMonth is a range of days within a month, without its year.
func (p *Printer) daysInMonth(from, last time.Time) string {
	if p.language == "no" {
		return strconv.Itoa(from.Day()) + ".–" + p.dayMonth(last)
	}
	return strconv.Itoa(from.Day()) + "–" + p.dayMonth(last)
}

// Span writes the bounds of a period out, with the zone:
// "19.11.2026 00:00 – 20.11.2026 00:00 (Europe/Oslo)".
func (p *Printer) Span(from, to time.Time, zone string) string {
	return fmt.Sprintf("%s – %s (%s)", p.DateTime(from), p.DateTime(to), zone)
}

// dayRange is a range of days, as short as it can be said.
func (p *Printer) dayRange(from, last time.Time) string {
	year := " " + strconv.Itoa(last.Year())
	switch {
	case from.Year() != last.Year():
		return p.dayMonth(from) + " " + strconv.Itoa(from.Year()) + " – " + p.dayMonth(last) + year
	case from.Month() != last.Month():
		return p.dayMonth(from) + " – " + p.dayMonth(last) + year
	}
	return p.daysInMonth(from, last) + year
}

func (p *Printer) dayMonth(t time.Time) string {
	if p.language == "no" {
		return strconv.Itoa(t.Day()) + ". " + p.month(t)
	}
	return strconv.Itoa(t.Day()) + " " + p.month(t)
}

func (p *Printer) weekday(t time.Time) string {
	return p.Word("weekday." + strconv.Itoa(int(t.Weekday())))
}

func (p *Printer) month(t time.Time) string { return p.Word("month." + strconv.Itoa(int(t.Month()))) }

// lastDay is the last day before the exclusive end of a period.
func lastDay(to time.Time) time.Time { return to.Add(-time.Nanosecond) }
