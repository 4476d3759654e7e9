package yamltree

import "gopkg.in/yaml.v3"

// Limits that no honest document comes near.
const (
	maxDepth  = 50     // mappings and lists inside each other
	maxCopies = 20_000 // values that aliases stand for, all together
)

// nestingCheck walks a document as it is written, aliases not followed, and works out what they would unfold to.
type nestingCheck struct {
	doc    *Document
	sizes  map[*yaml.Node]int // of what an anchor holds, its own aliases unfolded
	copies int
}

// checkNesting refuses nesting without end: aliases that contain themselves or unfold to more than a person would
// write, and brackets too deep to mean anything.
func (d *Document) checkNesting(root *yaml.Node) *Problem {
	c := nestingCheck{doc: d, sizes: map[*yaml.Node]int{}}
	_, p := c.unfolded(root, 0)
	return p
}

// unfolded returns how many values n unfolds to. An anchor has no size before its end, which is how one that contains
// itself is found out.
func (c *nestingCheck) unfolded(n *yaml.Node, depth int) (int, *Problem) {
	if depth > maxDepth {
		return 0, c.problem(n, "is nested too deeply", "")
	}
	if n.Kind == yaml.AliasNode {
		size, done := c.sizes[n.Alias]
		if !done {
			return 0, c.problem(n, "an alias (*) that contains itself", "write the value out")
		}
		if c.copies += size; c.copies > maxCopies {
			return 0, c.problem(n, "aliases (*) unfold to too many values", "write the values out")
		}
		return size, nil
	}
	size := 1
	for _, child := range n.Content {
		below, p := c.unfolded(child, depth+1)
		if p != nil {
			return 0, p
		}
		size += below
	}
	if n.Anchor != "" {
		c.sizes[n] = size
	}
	return size, nil
}

func (c *nestingCheck) problem(n *yaml.Node, message, hint string) *Problem {
	return &Problem{File: c.doc.Name, Line: n.Line, Column: n.Column, Message: message, Hint: hint}
}
