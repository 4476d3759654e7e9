package reportconfig

import "gopkg.in/yaml.v3"

// Limits that no honest configuration comes near.
const (
	maxDepth  = 50     // mappings and lists inside each other
	maxCopies = 20_000 // values that aliases stand for, all together
)

// aliasCheck walks the file as it is written, aliases not followed, and works out what they would unfold to.
type aliasCheck struct {
	doc    *document
	size   map[*yaml.Node]int // of what an anchor holds, its own aliases unfolded
	copies int
}

// checkAliases refuses nesting without end: aliases that contain themselves, that unfold to more than a person would
// write, and brackets too deep to mean anything.
func (d *document) checkAliases(root *yaml.Node) (Problem, bool) {
	c := aliasCheck{doc: d, size: map[*yaml.Node]int{}}
	_, p := c.walk(root, 0)
	if p != nil {
		return *p, false
	}
	return Problem{}, true
}

// walk returns how many values n unfolds to. An anchor has no size before its end, which is how one that contains
// itself is found out.
func (c *aliasCheck) walk(n *yaml.Node, depth int) (int, *Problem) {
	if depth > maxDepth {
		return 0, c.wrong(n, "is nested too deeply", "")
	}
	if n.Kind == yaml.AliasNode {
		size, done := c.size[n.Alias]
		if !done {
			return 0, c.wrong(n, "an alias (*) that contains itself", "write the value out")
		}
		if c.copies += size; c.copies > maxCopies {
			return 0, c.wrong(n, "aliases (*) unfold to too many values", "write the values out")
		}
		return size, nil
	}
	size := 1
	for _, child := range n.Content {
		below, p := c.walk(child, depth+1)
		if p != nil {
			return 0, p
		}
		size += below
	}
	if n.Anchor != "" {
		c.size[n] = size
	}
	return size, nil
}

func (c *aliasCheck) wrong(n *yaml.Node, message, hint string) *Problem {
	line, column := c.doc.place(n.Line, n.Column)
	return &Problem{File: c.doc.name, Line: line, Column: column, Message: message, Hint: hint}
}
