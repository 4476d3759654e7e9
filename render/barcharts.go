package render

import (
	"cmp"
	"math"
	"slices"

	"rapport/internal/content"
)

// How charts are set, in points.
const (
	maxCharts   = 4   // a report of more currencies has their days in its tables
	maxBars     = 400 // more are no picture
	chartTitle  = 18.0
	chartPlot   = 74.0
	chartLabels = 13.0 // the line of the labels
	valueRoom   = 12.0 // for the largest bar's value, above or below it
	chartHeight = chartTitle + valueRoom + chartPlot + valueRoom + chartLabels
	flatter     = 32.0 // by so much where all is set closer
	widestBar   = 36.0
)

var valueText = bold(7.5, ink)

// barCharts draws charts of bars up and down from a line at zero.
type barCharts struct{ *pageFlow }

// draw draws one chart over the whole width, several two by two.
func (s *barCharts) draw(all []content.Chart) {
	charts := slices.DeleteFunc(slices.Clone(all), func(c content.Chart) bool {
		return len(c.Bars) == 0 || len(c.Bars) > maxBars
	})
	charts = charts[:min(len(charts), maxCharts)]
	width, step := s.width, 0.0
	if len(charts) > 1 {
		width = (s.width - gutter) / 2
		step = width + gutter
	}
	for i, c := range charts {
		if i%2 == 0 {
			s.ensure(s.height())
		}
		s.chart(c, margin+float64(i%2)*step, width)
		if i%2 == 1 || i == len(charts)-1 {
			s.y += s.height() + 16
		}
		s.begun = true
	}
}

// height is that of a chart with its title.
func (s *barCharts) height() float64 {
	if s.compact {
		return chartHeight - flatter
	}
	return chartHeight
}

// chart draws a chart at y, and leaves y there.
func (s *barCharts) chart(c content.Chart, x, width float64) {
	s.canvas.heading(x, width, s.y+9, c.Title)
	s.canvas.figure(s.alternative(c), x, s.y+chartTitle, width, s.height()-chartTitle, func() { s.drawBars(c, x, width) })
}

// alternative says what a chart shows.
func (s *barCharts) alternative(c content.Chart) string {
	compare := func(a, b content.Bar) int { return cmp.Compare(a.Minor, b.Minor) }
	first, last := c.Bars[0], c.Bars[len(c.Bars)-1]
	largest, smallest := slices.MaxFunc(c.Bars, compare), slices.MinFunc(c.Bars, compare)
	return s.words.Word("document.chart", c.Title, s.words.Int(int64(len(c.Bars))), first.Label, last.Label,
		largest.Amount, largest.Label, smallest.Amount, smallest.Label)
}

func (s *barCharts) drawBars(c content.Chart, x, width float64) {
	largest, up, down := 0, 0.0, 0.0
	for i, bar := range c.Bars {
		if barHeight(bar) > barHeight(c.Bars[largest]) {
			largest = i
		}
		up, down = max(up, float64(bar.Minor)), max(down, -float64(bar.Minor))
	}
	top := s.y + chartTitle + valueRoom
	bottom := top + s.height() - (chartHeight - chartPlot)
	if c.Bars[largest].Minor < 0 {
		top -= valueRoom // the value stands below
	} else {
		bottom += valueRoom - 2
	}
	scale := 0.0
	if up+down > 0 {
		scale = (bottom - top) / (up + down)
	}
	zero := top + up*scale
	if scale == 0 {
		zero = bottom
	}
	slot := width / float64(len(c.Bars))
	bar := min(slot*0.66, widestBar)
	for i, b := range c.Bars {
		s.bar(x+slot*(float64(i)+0.5)-bar/2, zero, bar, float64(b.Minor)*scale, i == largest)
	}
	s.canvas.lines(x, width, []float64{zero}, 0.7, ink)
	s.value(c.Bars[largest], x, width, slot*(float64(largest)+0.5), zero, float64(c.Bars[largest].Minor)*scale)
	s.labels(c.Bars, x, slot, s.y+s.height()-chartLabels+8)
}

func barHeight(b content.Bar) float64 { return math.Abs(float64(b.Minor)) }

// bar draws a bar from the line at zero: filled where it is up, hatched where it is down.
func (s *barCharts) bar(x, zero, width, length float64, largest bool) {
	color := barColor
	if largest {
		color = accent
	}
	switch {
	case length > 0:
		length = max(length, 0.6) // a little is not nothing
		s.canvas.box(x, zero-length, width, length, color)
	case length < 0:
		s.canvas.hatched(x, zero, width, max(-length, 0.6), color)
	}
}

// value writes the largest bar's value at its end.
func (s *barCharts) value(b content.Bar, x, width, center, zero, length float64) {
	drawn := min(s.canvas.fonts.Bold.Points(b.Amount, valueText.Size)+0.2, width)
	at := min(max(center-drawn/2, 0), width-drawn)
	baseline := zero - length - 3.5
	if length < 0 {
		baseline = zero - length + 8
	}
	s.canvas.cell(valueText, x+at, drawn, baseline, false, b.Amount)
}

// labels writes every label, or every second, third … as there is room.
func (s *barCharts) labels(bars []content.Bar, x, slot, baseline float64) {
	widest := 0.0
	for _, b := range bars {
		widest = max(widest, s.canvas.fonts.Regular.Points(b.Label, tinyText.Size))
	}
	step := int(math.Ceil((widest + 5) / slot))
	for _, nice := range [...]int{1, 2, 3, 5, 7, 10, 14} {
		if nice >= step {
			step = nice
			break
		}
	}
	total, end := slot*float64(len(bars)), -math.MaxFloat64
	for i := 0; i < len(bars); i += step {
		drawn := min(s.canvas.fonts.Regular.Points(bars[i].Label, tinyText.Size)+0.02, total)
		at := min(max(slot*(float64(i)+0.5)-drawn/2, 0), total-drawn)
		if at < end+4 {
			continue // pushed away from an edge onto another
		}
		s.canvas.cell(tinyText, x+at, drawn, baseline, false, bars[i].Label)
		end = at + drawn
	}
}
