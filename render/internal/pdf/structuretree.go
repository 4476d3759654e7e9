package pdf

import (
	"fmt"
	"strconv"
)

// pack adds the tree to a document of so many pages and returns the number of its root. The
// root and the parent tree are followed by the elements, and these by a list for each page
// of the elements that its marked contents belong to.
func (s *structure) pack(into *objects, pages int) int {
	const elements = 2
	lists := elements + len(s.elements)
	return into.pack(lists+pages, func(dst []byte, i, root int) []byte {
		switch {
		case i == 0:
			return fmt.Appendf(dst, "<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d>>", root+elements, root+1, pages)
		case i == 1:
			dst = append(dst, "<</Nums["...)
			for page := range pages {
				dst = fmt.Appendf(dst, "%d %d 0 R ", page, root+lists+page)
			}
			return append(dst, "]>>"...)
		case i < lists:
			return s.appendElement(dst, int32(i-elements), root, root+elements)
		}
		dst = append(dst, '[')
		for _, e := range s.parents[i-lists] {
			dst = appendReference(dst, root+elements+int(e))
		}
		return append(dst, ']')
	})
}

// appendElement writes an element; first is the object number of the first one.
func (s *structure) appendElement(dst []byte, number int32, root, first int) []byte {
	e := &s.elements[number]
	parent := first + int(e.parent)
	if number == 0 {
		parent = root
	}
	dst = appendReference(append(dst, "<</P "...), parent)
	role := roles[e.role]
	dst = append(append(dst, "/S/"...), role.structureType...)
	if dst = append(dst, role.attributesOf(e.span)...); e.role == Figure {
		dst = s.appendFigure(dst, number)
	}
	switch {
	case e.role < firstLeaf:
		dst = append(dst, "/K["...)
		for child := number + 1; child < e.end; child = s.after(child) {
			dst = appendReference(dst, first+int(child))
		}
		dst = append(dst, ']')
	case e.first.number >= 0:
		dst = s.appendContents(dst, e.first, s.more[number])
	}
	return append(dst, ">>"...)
}

// after is the element beside the given one.
func (s *structure) after(number int32) int32 {
	if e := &s.elements[number]; e.role < firstLeaf {
		return e.end
	}
	return number + 1
}

// appendContents writes what a leaf holds: pieces of its page, which it names, by their
// numbers, those of others with their page.
func (s *structure) appendContents(dst []byte, first markedContent, more []markedContent) []byte {
	dst = appendReference(append(dst, "/Pg "...), pageObject(int(first.page)))
	dst = append(dst, "/K"...)
	if len(more) == 0 {
		return strconv.AppendInt(append(dst, ' '), int64(first.number), 10)
	}
	dst = strconv.AppendInt(append(dst, '['), int64(first.number), 10)
	for _, c := range more {
		if c.page == first.page {
			dst = strconv.AppendInt(append(dst, ' '), int64(c.number), 10)
		} else {
			dst = fmt.Appendf(dst, "<</Type/MCR/Pg %d 0 R/MCID %d>>", pageObject(int(c.page)), c.number)
		}
	}
	return append(dst, ']')
}

func (s *structure) appendFigure(dst []byte, number int32) []byte {
	f := s.figures[number]
	return fmt.Appendf(dst, "/Alt<%X>/A<</O/Layout/Placement/Block/BBox[%.2f %.2f %.2f %.2f]>>", utf16BE(f.alternative), f.left, f.bottom, f.right, f.top)
}

// attributesOf are the attributes of a cell of a table that is so many columns wide.
func (r structureRole) attributesOf(columns uint8) string {
	switch {
	case columns > 1:
		return fmt.Sprintf("/A<</O/Table%s/ColSpan %d>>", r.scope, columns)
	case r.scope != "":
		return r.attributes
	}
	return ""
}

func appendReference(dst []byte, number int) []byte {
	return append(strconv.AppendInt(dst, int64(number), 10), " 0 R "...)
}
