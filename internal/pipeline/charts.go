package pipeline

import (
	"time"

	"rapport/internal/money"
	"rapport/render"
	"rapport/reportconfig"
)

// mostCharts is how many currencies have a chart of their own.
const mostCharts = 2

// charts show the answer by day, of a single day by hour, of a snapshot by age.
func (fs *Figures) charts(p reportconfig.Period) ([]render.Chart, error) {
	by, title, bars := fs.axis(p)
	if len(bars) < 2 || len(fs.shape.answer.of) == 0 {
		return nil, nil
	}
	var charts []render.Chart
	for _, g := range fs.currencies() {
		chart := render.Chart{Title: fs.words.Word(title) + " (" + string(g.code) + ")"}
		for _, bar := range bars {
			made := render.Bar{Label: bar.label}
			if f := fs.totals.groups[by][group{bar.name, g.code}]; f != nil {
				sum, err := fs.answerOf(f)
				if err != nil {
					return nil, err
				}
				made.Minor = sum
			}
			made.Amount = fs.words.Number(money.Amount{Minor: made.Minor, Currency: g.code})
			chart.Bars = append(chart.Bars, made)
		}
		if charts = append(charts, chart); len(charts) == mostCharts {
			break
		}
	}
	return charts, nil
}

// A tick is a place on a chart's axis.
type tick struct{ name, label string }

// axis is what the charts of a report go along.
func (fs *Figures) axis(p reportconfig.Period) (by dimension, title string, ticks []tick) {
	switch {
	case len(fs.totals.groups[perAge]) > 0:
		for _, bucket := range ageBuckets() {
			ticks = append(ticks, tick{bucket.name, fs.words.Word("age." + bucket.name)})
		}
		return perAge, "chart.by_age", ticks
	case len(fs.totals.groups[perHour]) > 0:
		for at := p.From; at.Before(p.To); at = at.Add(time.Hour) {
			if hour := at.Format(hourLayout); len(ticks) == 0 || ticks[len(ticks)-1].name != hour { // an hour that comes twice is one
				ticks = append(ticks, tick{hour, hour})
			}
		}
		return perHour, "chart.by_hour", ticks
	case len(fs.totals.groups[perDay]) > 0:
		for _, at := range noons(p) {
			ticks = append(ticks, tick{at.Format(dayLayout), fs.dayLabel(at, p)})
		}
		return perDay, "chart.by_day", ticks
	}
	return 0, "", nil
}

// dayLabel is a day on an axis: with its weekday in a week, else its number.
func (fs *Figures) dayLabel(at time.Time, p reportconfig.Period) string {
	if p.Schedule == reportconfig.Weekly {
		return fs.words.ShortDay(at)
	}
	return fs.words.DayNumber(at)
}
