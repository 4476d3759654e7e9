package pdf

import "slices"

// Role is what a part of a document is to somebody who does not see the page: a standard
// structure type of PDF 1.7.
type Role uint8

// The roles. Grouping ones hold others, the rest holds what is drawn.
const (
	document Role = iota // one, around all others
	List
	ListItem
	Table
	TableRow
	ItemText
	Title   // of the document
	Heading // of a part of it
	Paragraph
	ItemLabel
	ColumnHeader
	RowHeader
	Cell
	Figure
)

const firstLeaf = Title

// structureRole is a structure type; a header cell says besides whose header it is.
type structureRole struct{ structureType, scope, attributes string }

var roles = [...]structureRole{
	document: {"Document", "", ""}, List: {"L", "", ""}, ListItem: {"LI", "", ""}, Table: {"Table", "", ""}, TableRow: {"TR", "", ""},
	Title: {"H1", "", ""}, Heading: {"H2", "", ""}, Paragraph: {"P", "", ""}, ItemText: {"LBody", "", ""}, ItemLabel: {"Lbl", "", ""}, Cell: {"TD", "", ""}, Figure: {"Figure", "", ""},
	ColumnHeader: {"TH", "/Scope/Column", "/A<</O/Table/Scope/Column>>"},
	RowHeader:    {"TH", "/Scope/Row", "/A<</O/Table/Scope/Row>>"},
}

// structure is the tree of what a document consists of, in the order in which it is read:
// that in which it is drawn. Each element comes after the one that holds it and before the
// next one beside it.
type structure struct {
	elements []element
	more     map[int32][]markedContent // of elements in several pieces, all but the first
	figures  map[int32]figure
	open     []int32 // the path to the current element
	artifact bool    // what is drawn belongs to the page, not to the document
	skipped  int     // elements that were opened in an artifact, which has none

	parents [][]int32 // by page and number of marked content: the element that holds it
}

// element is a node of the tree; its place in the slice is its number. A report has some
// hundred thousand of them at most.
type element struct {
	parent int32
	first  markedContent // of a leaf; its number is -1 where nothing was drawn
	end    int32         // of a grouping element: the number after its last descendant
	role   Role
	span   uint8 // columns of a table
}

// markedContent is a piece of a page.
type markedContent struct{ page, number int32 }

// figure is what is said of a picture, and where it is, in points from the bottom left.
type figure struct {
	alternative              string
	left, bottom, right, top float64
}

func newStructure() structure {
	return structure{elements: []element{{}}, open: []int32{0}, more: map[int32][]markedContent{}, figures: map[int32]figure{}}
}

// current is the number of the innermost open element.
func (s *structure) current() int32 { return s.open[len(s.open)-1] }

func (s *structure) begin(r Role, span int) {
	if s.artifact {
		s.skipped++
		return
	}
	s.elements = append(s.elements, element{parent: s.current(), first: markedContent{number: -1}, role: r, span: uint8(min(span, 255))})
	s.open = append(s.open, int32(len(s.elements)-1))
}

func (s *structure) end() {
	if s.skipped > 0 {
		s.skipped--
		return
	}
	s.elements[s.current()].end = int32(len(s.elements))
	s.open = s.open[:len(s.open)-1]
}

// mark gives a piece of a page to an element and returns its number on that page.
func (s *structure) mark(e int32, page int) int32 {
	parents := &s.parents[page-1]
	if *parents == nil && page > 1 {
		*parents = make([]int32, 0, len(s.parents[page-2])+16) // the pages of a table are alike
	}
	content := markedContent{int32(page), int32(len(*parents))}
	*parents = append(*parents, e)
	if s.elements[e].first.number < 0 {
		s.elements[e].first = content
	} else {
		s.more[e] = append(s.more[e], content)
	}
	return content.number
}

// Expect makes room for so many elements: a long table has very many.
func (w *Writer) Expect(elements int) {
	w.structure.elements = slices.Grow(w.structure.elements, elements)
}

// Begin opens a part of the document within the one that is open: what is drawn until End
// belongs to it. Text that is drawn in no leaf is a paragraph of its own; a shape that is
// drawn in no figure is an ornament.
func (w *Writer) Begin(r Role) { w.structure.begin(r, 1) }

// BeginSpanning opens a cell of a table that is several columns wide.
func (w *Writer) BeginSpanning(r Role, columns int) { w.structure.begin(r, columns) }

// BeginFigure opens a figure: a picture in place of which the alternative is read.
func (w *Writer) BeginFigure(alternative string, x, y, width, height float64) {
	s := &w.structure
	if s.begin(Figure, 1); !s.artifact {
		s.figures[s.current()] = figure{w.clusters.Source(alternative), x, w.page.height - y - height, x + width, w.page.height - y}
	}
}

// End closes what was opened last.
func (w *Writer) End() { w.structure.end() }

// Artifact says whether what is drawn next belongs to the page alone: a running foot, a
// header that is drawn again. It is not read, and has no parts.
func (w *Writer) Artifact(on bool) { w.structure.artifact = on }
