package statement

import (
	"time"

	"rapport/internal/calendar"
	"rapport/internal/content"
	"rapport/internal/money"
	"rapport/internal/report"
)

// maxCharts is how many currencies have a chart of their own.
const maxCharts = 2

// charts show the answer by day, of a single day by hour, of a snapshot by age.
func (fs *Figures) charts(p calendar.Period) ([]content.Chart, error) {
	by, title, bars := fs.axis(p)
	if len(bars) < 2 || len(fs.Layout.Answer.Of) == 0 {
		return nil, nil
	}
	var charts []content.Chart
	for _, code := range fs.currencies() {
		chart := content.Chart{Title: fs.Words.Word(title) + " (" + string(code) + ")", Alone: by == report.PerHour}
		for _, bar := range bars {
			made := content.Bar{Label: bar.label}
			if f := fs.Totals.Groups[by][report.Group{Name: bar.name, Code: code}]; f != nil {
				sum, err := fs.answerOf(f)
				if err != nil {
					return nil, err
				}
				made.Minor = sum
			}
			made.Amount = fs.Words.Number(money.Amount{Minor: made.Minor, Currency: code})
			chart.Bars = append(chart.Bars, made)
		}
		if charts = append(charts, chart); len(charts) == maxCharts {
			break
		}
	}
	return charts, nil
}

// A axisTick is a place on a chart's axis.
type axisTick struct{ name, label string }

// axis is what the charts of a report go along.
func (fs *Figures) axis(p calendar.Period) (by report.Dimension, title string, ticks []axisTick) {
	switch {
	case len(fs.Totals.Groups[report.PerAge]) > 0:
		for _, bucket := range report.AgeBuckets() {
			ticks = append(ticks, axisTick{bucket.Name, fs.Words.Word("age." + bucket.Name)})
		}
		return report.PerAge, "chart.by_age", ticks
	case len(fs.Totals.Groups[report.PerHour]) > 0:
		for at := p.From; at.Before(p.To); at = at.Add(time.Hour) {
			if hour := at.Format(calendar.HourLayout); len(ticks) == 0 || ticks[len(ticks)-1].name != hour { // an hour that comes twice is one
				label := hour
				if p.DayStarts.Minute != 0 {
					label = fs.Words.TimeOfDay(at)
				}
				ticks = append(ticks, axisTick{hour, label})
			}
		}
		return report.PerHour, "chart.by_hour", ticks
	case len(fs.Totals.Groups[report.PerDay]) > 0:
		for _, at := range p.Noons() {
			ticks = append(ticks, axisTick{at.Format(calendar.DayLayout), fs.dayLabel(at, p)})
		}
		return report.PerDay, "chart.by_day", ticks
	}
	return 0, "", nil
}

// dayLabel is a day on an axis: with its weekday in a week, else its number.
func (fs *Figures) dayLabel(at time.Time, p calendar.Period) string {
	if p.Schedule == calendar.Weekly {
		return fs.Words.ShortDay(at)
	}
	return fs.Words.DayNumber(at)
}
