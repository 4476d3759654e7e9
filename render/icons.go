package render

// An icon is a small drawing beside a text, known by its shape without colour.
type icon uint8

const (
	tickIcon    icon = iota // a disk with a tick
	alertIcon               // a triangle with an exclamation mark
	unknownIcon             // a ring with a bar
	pointerIcon             // a small triangle that points at the text
)

// iconSize is that of all icons but the pointer, in points.
const iconSize, pointerSize = 11.0, 7.0

// icon draws an icon of a size with its left top corner at x and y.
func (c *canvas) icon(i icon, x, y, size float64) {
	name := [...]string{tickIcon: "tick", alertIcon: "alarm", unknownIcon: "open", pointerIcon: "pointing"}[i]
	if !c.draws(name, x, y, size, size) {
		return
	}
	at := func(points ...float64) []float64 { // from a square of one
		out := make([]float64, len(points))
		for i, v := range points {
			out[i] = []float64{x, y}[i%2] + v*size
		}
		return out
	}
	switch i {
	case tickIcon:
		c.page.Disk(x, y, size, agreed)
		c.page.Polyline(size*0.12, white, at(0.26, 0.53, 0.43, 0.7, 0.74, 0.33))
	case alertIcon:
		c.page.Polygon(warning, at(0.5, 0.02, 1.03, 0.96, -0.03, 0.96))
		c.page.Polyline(size*0.12, white, at(0.5, 0.36, 0.5, 0.63))
		c.page.Polyline(size*0.12, white, at(0.5, 0.79, 0.5, 0.81))
	case unknownIcon:
		c.page.Disk(x, y, size, muted)
		c.page.Disk(x+size*0.1, y+size*0.1, size*0.8, white)
		c.page.Polyline(size*0.11, muted, at(0.3, 0.5, 0.7, 0.5))
	case pointerIcon:
		c.page.Polygon(warning, at(0.12, 0.1, 0.82, 0.5, 0.12, 0.9))
	}
}
