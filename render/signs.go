package render

// A sign is a small drawing beside a text, known by its shape without colour.
type sign uint8

const (
	tick     sign = iota // a disk with a tick
	alarm                // a triangle with an exclamation mark
	open                 // a ring with a bar
	pointing             // a small triangle that points at the text
)

// sign draws a sign of a size with its left top corner at x and y.
func (c *canvas) sign(s sign, x, y, size float64) {
	at := func(points ...float64) []float64 { // from a square of one
		out := make([]float64, len(points))
		for i, v := range points {
			out[i] = []float64{x, y}[i%2] + v*size
		}
		return out
	}
	if c.dry {
		return
	}
	c.shape([...]string{tick: "tick", alarm: "alarm", open: "open", pointing: "pointing"}[s], x, y, size, size)
	switch s {
	case tick:
		c.disk(x, y, size, agreed)
		c.stroke(size*0.12, white, at(0.26, 0.53, 0.43, 0.7, 0.74, 0.33))
	case alarm:
		c.area(warning, at(0.5, 0.02, 1.03, 0.96, -0.03, 0.96))
		c.stroke(size*0.12, white, at(0.5, 0.36, 0.5, 0.63))
		c.stroke(size*0.12, white, at(0.5, 0.79, 0.5, 0.81))
	case open:
		c.disk(x, y, size, muted)
		c.disk(x+size*0.1, y+size*0.1, size*0.8, white)
		c.stroke(size*0.11, muted, at(0.3, 0.5, 0.7, 0.5))
	case pointing:
		c.area(warning, at(0.12, 0.1, 0.82, 0.5, 0.12, 0.9))
	}
}
