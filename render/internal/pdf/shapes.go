package pdf

// Rect fills an area.
func (p *Page) Rect(x, y, width, height float64, color Color) {
	p.beginShape()
	p.setColor(color)
	p.numbers(x, p.height-y-height, width, height)
	p.op("re f\n")
}

// HatchedRect draws an area as an outline with lines across it.
func (p *Page) HatchedRect(x, y, width, height float64, color Color) {
	p.beginShape()
	p.op("q ")
	p.rgb(color)
	p.op(" RG 0.6 w\n")
	p.numbers(x, p.height-y-height, width, height)
	p.op("re W S\n")
	for d := 3.0; d < width+height; d += 3 {
		p.path([]float64{x, y + d, x + d, y})
	}
	p.op("S Q\n")
}

// Polygon fills what lies between points, given as x and y in turn.
func (p *Page) Polygon(color Color, points []float64) {
	p.beginShape()
	p.setColor(color)
	p.path(points)
	p.op("h f\n")
}

// Polyline draws a line through points, with round ends.
func (p *Page) Polyline(thickness float64, color Color, points []float64) {
	p.beginShape()
	p.op("q 1 J 1 j ")
	p.rgb(color)
	p.op(" RG ")
	p.numbers(thickness)
	p.op("w\n")
	p.path(points)
	p.op("S Q\n")
}

func (p *Page) path(points []float64) {
	for i := 0; i < len(points); i += 2 {
		p.numbers(points[i], p.height-points[i+1])
		p.buf = append(p.buf, "ml"[min(i, 1)], '\n')
	}
}

// Disk fills a circle in a square with its left top corner at x and y.
func (p *Page) Disk(x, y, size float64, color Color) {
	p.beginShape()
	p.setColor(color)
	r := size / 2
	cx, cy, k := x+r, p.height-y-r, r*0.5523
	p.numbers(cx+r, cy)
	p.op("m\n")
	for _, c := range [...][6]float64{{r, k, k, r, 0, r}, {-k, r, -r, k, -r, 0}, {-r, -k, -k, -r, 0, -r}, {k, -r, r, -k, r, 0}} {
		p.numbers(cx+c[0], cy+c[1], cx+c[2], cy+c[3], cx+c[4], cy+c[5])
		p.op("c\n")
	}
	p.op("f\n")
}

// HLines draws horizontal lines at each y from x to x+width, in one path.
func (p *Page) HLines(x, width float64, ys []float64, thickness float64, color Color) {
	if len(ys) == 0 {
		return
	}
	p.beginShape()
	p.rgb(color)
	p.op(" RG ")
	p.numbers(thickness)
	p.op("w\n")
	for _, y := range ys {
		p.numbers(x, p.height-y)
		p.op("m ")
		p.numbers(x+width, p.height-y)
		p.op("l\n")
	}
	p.op("S\n")
}

// Image draws a picture, upright.
func (p *Page) Image(i *Image, x, y, width, height float64) {
	p.beginShape()
	p.op("q ")
	m := i.turn.matrix()
	p.numbers(m[0]*width, m[1]*height, m[2]*width, m[3]*height, x+m[4]*width, p.height-y-height+m[5]*height)
	p.op("cm ", p.writer.imageResource(i), " Do Q\n")
}
