package render

import (
	"math"
	"strconv"
)

// box fills an area.
func (c *canvas) box(x, y, width, height float64, color rgb) {
	if c.dry {
		return
	}
	c.shape("box", x, y, width, height)
	c.endText()
	c.paint(color)
	for _, v := range [...]float64{x, c.height - y - height, width, height} {
		c.buf = append(appendHundredths(c.buf, hundredths(v)), ' ')
	}
	c.buf = append(c.buf, "re f\n"...)
}

// area fills what lies between points, given as x and y in turn.
func (c *canvas) area(color rgb, points []float64) {
	if c.dry {
		return
	}
	c.endText()
	c.paint(color)
	c.path(points)
	c.buf = append(c.buf, "h f\n"...)
}

// stroke draws a line through points, with round ends.
func (c *canvas) stroke(thickness float64, color rgb, points []float64) {
	if c.dry {
		return
	}
	c.endText()
	c.buf = append(appendColor(append(c.buf, "q 1 J 1 j "...), color), " RG "...)
	c.buf = append(appendHundredths(c.buf, hundredths(thickness)), " w\n"...)
	c.path(points)
	c.buf = append(c.buf, "S Q\n"...)
}

func (c *canvas) path(points []float64) {
	for i := 0; i < len(points); i += 2 {
		c.numbers(points[i], c.height-points[i+1])
		c.buf = append(c.buf, "ml"[min(i, 1)], '\n')
	}
}

// disk fills a circle in a square with its left top corner at x and y.
func (c *canvas) disk(x, y, size float64, color rgb) {
	if c.dry {
		return
	}
	c.endText()
	c.paint(color)
	r := size / 2
	cx, cy, k := x+r, c.height-y-r, r*0.5523
	c.numbers(cx+r, cy)
	c.buf = append(c.buf, "m\n"...)
	for _, p := range [...][6]float64{{r, k, k, r, 0, r}, {-k, r, -r, k, -r, 0}, {-r, -k, -k, -r, 0, -r}, {k, -r, r, -k, r, 0}} {
		c.numbers(cx+p[0], cy+p[1], cx+p[2], cy+p[3], cx+p[4], cy+p[5])
		c.buf = append(c.buf, "c\n"...)
	}
	c.buf = append(c.buf, "f\n"...)
}

// hatched draws an area as an outline with lines across it.
func (c *canvas) hatched(x, y, width, height float64, color rgb) {
	if c.dry {
		return
	}
	c.shape("hatched", x, y, width, height)
	c.endText()
	c.buf = append(appendColor(append(c.buf, "q "...), color), " RG 0.6 w\n"...)
	c.numbers(x, c.height-y-height, width, height)
	c.buf = append(c.buf, "re W S\n"...)
	for d := 3.0; d < width+height; d += 3 {
		c.path([]float64{x, y + d, x + d, y})
	}
	c.buf = append(c.buf, "S Q\n"...)
}

// numbers writes operands.
func (c *canvas) numbers(values ...float64) {
	for _, v := range values {
		c.buf = append(appendHundredths(c.buf, hundredths(v)), ' ')
	}
}

// picture draws the logo.
func (c *canvas) picture(l *logo, x, y, width, height float64) {
	if c.dry {
		return
	}
	c.shape("picture", x, y, width, height)
	c.endText()
	c.buf = append(c.buf, "q "...)
	c.buf = append(appendHundredths(c.buf, hundredths(width)), " 0 0 "...)
	c.buf = append(appendHundredths(c.buf, hundredths(height)), ' ')
	c.buf = append(appendHundredths(c.buf, hundredths(x)), ' ')
	c.buf = append(appendHundredths(c.buf, hundredths(c.height-y-height)), " cm "...)
	c.buf = append(append(c.buf, c.paper.pictureName(l)...), " Do Q\n"...)
}

// lines draws horizontal lines at each y from x to x+width, in one path.
func (c *canvas) lines(x, width float64, ys []float64, thickness float64, color rgb) {
	if len(ys) == 0 || c.dry {
		return
	}
	c.endText()
	c.buf = append(appendColor(c.buf, color), " RG "...)
	c.buf = append(appendHundredths(c.buf, hundredths(thickness)), " w\n"...)
	for _, y := range ys {
		c.buf = append(appendHundredths(c.buf, hundredths(x)), ' ')
		c.buf = append(appendHundredths(c.buf, hundredths(c.height-y)), " m "...)
		c.buf = append(appendHundredths(c.buf, hundredths(x+width)), ' ')
		c.buf = append(appendHundredths(c.buf, hundredths(c.height-y)), " l\n"...)
	}
	c.buf = append(c.buf, "S\n"...)
}

func hundredths(points float64) int { return int(math.Round(points * 100)) }

// appendHundredths writes a number of hundredths as a decimal: 1250 is "12.5".
func appendHundredths(dst []byte, n int) []byte {
	if n < 0 {
		dst, n = append(dst, '-'), -n
	}
	dst = strconv.AppendInt(dst, int64(n/100), 10)
	switch rest := n % 100; {
	case rest == 0:
		return dst
	case rest%10 == 0:
		return append(dst, '.', byte('0'+rest/10))
	default:
		return append(dst, '.', byte('0'+rest/10), byte('0'+rest%10))
	}
}

func appendColor(dst []byte, color rgb) []byte {
	for i, v := range [...]uint8{color.r, color.g, color.b} {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = strconv.AppendFloat(dst, float64(v)/255, 'f', 3, 64)
	}
	return dst
}
