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
	c.endText()
	c.paint(color)
	for _, v := range [...]float64{x, c.paper.height - y - height, width, height} {
		c.buf = append(appendHundredths(c.buf, hundredths(v)), ' ')
	}
	c.buf = append(c.buf, "re f\n"...)
}

// picture draws the logo.
func (c *canvas) picture(l *logo, x, y, width, height float64) {
	if c.dry {
		return
	}
	c.endText()
	c.buf = append(c.buf, "q "...)
	c.buf = append(appendHundredths(c.buf, hundredths(width)), " 0 0 "...)
	c.buf = append(appendHundredths(c.buf, hundredths(height)), ' ')
	c.buf = append(appendHundredths(c.buf, hundredths(x)), ' ')
	c.buf = append(appendHundredths(c.buf, hundredths(c.paper.height-y-height)), " cm "...)
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
		c.buf = append(appendHundredths(c.buf, hundredths(c.paper.height-y)), " m "...)
		c.buf = append(appendHundredths(c.buf, hundredths(x+width)), ' ')
		c.buf = append(appendHundredths(c.buf, hundredths(c.paper.height-y)), " l\n"...)
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
