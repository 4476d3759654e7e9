package render

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// TestADocumentIsReadInTheOrderOfTheEye: what another program reads from the structure is
// every text that was drawn, save running feet and repeated headers, in the order in which it was.
func TestADocumentIsReadInTheOrderOfTheEye(t *testing.T) {
	for name, s := range samples(t) {
		if strings.HasSuffix(name, ".many") {
			continue // the program draws a page anew for each of its cells
		}
		if n := len(name) % 2; strings.Contains(name, []string{".no.", ".en."}[n]) {
			continue // of each kind one language: they are laid out alike
		}
		t.Run(name, func(t *testing.T) {
			var read []drawnItem
			document := render(t, s, func(m drawnItem) {
				if m.shape == "" && !m.repeated {
					read = append(read, m)
				}
			})
			checkEyesOrder(t, read)
			var got []string
			for line := range strings.Lines(string(program(t, document, "pdfinfo", "-struct-text", "PDF"))) {
				if line = strings.TrimSpace(line); len(line) > 1 && line[0] == '"' {
					got = append(got, strings.Trim(line, `"`))
				}
			}
			if diff := cmp.Diff(plainWords(strings.Join(textsOf(read), " ")), plainWords(strings.Join(got, " "))); diff != "" {
				t.Errorf("(-drawn +read):\n%s", diff)
			}
		})
	}
}

// TestALongTableHasAnElementForEachCell: of 20,000 rows another program finds every row and cell. It is
// not asked for their texts, as -struct-text draws a page anew for each cell: for 3000 rows it takes
// more than three minutes.
func TestALongTableHasAnElementForEachCell(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a long document")
	}
	const rows = 20_000
	s := transactions(t, "no", rows, "NOK")
	drawn := 0
	document := render(t, s, func(m drawnItem) {
		if m.shape == "" && !m.repeated {
			drawn++
		}
	})
	elements := map[string]int{}
	for line := range strings.Lines(string(program(t, document, "pdfinfo", "-struct", "PDF"))) {
		if words := strings.Fields(line); len(words) > 0 {
			elements[words[0]]++
		}
	}
	cells := elements["TD"] + elements["TH"]
	if elements["TR"] < rows+1 || elements["TD"] < rows*5 || cells > drawn+elements["TR"] || cells < drawn*9/10 {
		t.Errorf("%d rows and %d cells of %d texts", elements["TR"], cells, drawn)
	}
}

// plainWords are words as a program copies them.
func plainWords(s string) []string {
	return strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2212", "-").Replace(s))
}

// checkEyesOrder fails where a text is read before one that stands above it.
func checkEyesOrder(t *testing.T, read []drawnItem) {
	t.Helper()
	for i, a := range read {
		for _, b := range read[i+1:] {
			if b.page < a.page || b.page == a.page && b.y < a.y-0.5 && b.x < a.x+a.width && a.x < b.x+b.width {
				t.Errorf("page %d: %.40q at %.1f is read before %.40q at %.1f", a.page, a.text, a.y, b.text, b.y)
			}
		}
	}
}

// taggedDocument is a document whose structure is looked at.
type taggedDocument struct {
	*testing.T
	*model.Context
	contents map[string]types.IndirectRef // of the leaves: the element that holds content n of page object p
}

func (d *taggedDocument) dict(o types.Object) types.Dict {
	d.Helper()
	dict, err := d.DereferenceDict(o)
	if err != nil {
		d.Fatal(err)
	}
	return dict
}

// TestEveryPartOfADocumentIsTagged holds all samples to what PDF/UA asks of a file.
func TestEveryPartOfADocumentIsTagged(t *testing.T) {
	api.DisableConfigDir()
	for name, s := range samples(t) {
		t.Run(name, func(t *testing.T) {
			context, err := api.ReadContext(bytes.NewReader(render(t, s, nil)), model.NewDefaultConfiguration())
			if err != nil {
				t.Fatal(err)
			}
			if err := context.EnsurePageCount(); err != nil {
				t.Fatal(err)
			}
			d := &taggedDocument{t, context, map[string]types.IndirectRef{}}
			catalog, err := context.Catalog()
			if err != nil {
				t.Fatal(err)
			}
			if lang := catalog.StringLiteralEntry("Lang"); lang == nil || *lang != "nb" && *lang != "en" {
				t.Errorf("the language is %v", lang)
			}
			for entry, wants := range map[string]string{"MarkInfo": "Marked", "ViewerPreferences": "DisplayDocTitle"} {
				if says := d.dict(catalog[entry]).BooleanEntry(wants); says == nil || !*says {
					t.Errorf("%s does not say %s", entry, wants)
				}
			}
			d.checkMetadata(catalog["Metadata"])
			root := d.dict(catalog["StructTreeRoot"])
			headings := d.checkElement(*root.IndirectRefEntry("K"), catalog["StructTreeRoot"].(types.IndirectRef), "")
			if len(headings) == 0 && s.document.Title != "" || len(headings) > 0 && (headings[0] != "H1" || slices.Contains(headings[1:], "H1")) {
				t.Errorf("the headings are %q", headings)
			}
			parents := d.dict(root["ParentTree"]).ArrayEntry("Nums")
			for page := range context.PageCount {
				dict, ref, _, err := context.PageDict(page+1, false)
				if err != nil {
					t.Fatal(err)
				}
				if key := dict.IntEntry("StructParents"); key == nil || *key != page || *dict.NameEntry("Tabs") != "S" {
					t.Errorf("page %d has the key %v and tabs %v", page+1, key, dict["Tabs"])
				}
				elements, err := context.DereferenceArray(parents[2*page+1])
				if err != nil {
					t.Fatal(err)
				}
				content, err := context.PageContent(dict, page+1)
				if err != nil {
					t.Fatal(err)
				}
				d.checkContent(page+1, content, ref.ObjectNumber.Value(), elements)
			}
		})
	}
}

func (d *taggedDocument) checkMetadata(o types.Object) {
	stream, _, err := d.DereferenceStreamDict(o)
	if err != nil {
		d.Fatal(err)
	}
	for _, want := range []string{"<pdfuaid:part>1</pdfuaid:part>", "<dc:title>", "<dc:language>"} {
		if !bytes.Contains(stream.Raw, []byte(want)) {
			d.Errorf("the metadata does not hold %s", want)
		}
	}
}

// allowed are the standard structure types that may stand in each.
var allowed = map[string][]string{
	"": {"Document"}, "Document": {"H1", "H2", "P", "L", "Table", "Figure"}, "L": {"LI"}, "LI": {"Lbl", "LBody"}, "LBody": {"P"},
	"Table": {"TR"}, "TR": {"TH", "TD"},
}

// checkElement checks an element and those below it, and returns its headings.
func (d *taggedDocument) checkElement(ref, parent types.IndirectRef, within string) (headings []string) {
	e := d.dict(ref)
	role := *e.NameEntry("S")
	if !slices.Contains(allowed[within], role) {
		d.Errorf("%s stands in %q", role, within)
	}
	if *e.IndirectRefEntry("P") != parent {
		d.Errorf("%s %d does not name its parent", role, ref.ObjectNumber)
	}
	switch role {
	case "H1", "H2":
		headings = append(headings, role)
	case "TH":
		if scope := d.attribute(e, "Scope"); scope != types.Name("Column") && scope != types.Name("Row") {
			d.Errorf("header cell %d has the scope %v", ref.ObjectNumber, scope)
		}
	case "Figure":
		alternative, err := d.DereferenceText(e["Alt"])
		if box, ok := d.attribute(e, "BBox").(types.Array); err != nil || len(strings.Fields(alternative)) == 0 || !ok || len(box) != 4 {
			d.Errorf("figure %d: alternative %q, box %v: %v", ref.ObjectNumber, alternative, box, err)
		}
	case "Table":
		d.checkTable(e)
	}
	if allowed[role] == nil {
		d.checkLeaf(e, ref)
		return headings
	}
	for _, child := range e.ArrayEntry("K") {
		headings = append(headings, d.checkElement(child.(types.IndirectRef), ref, role)...)
	}
	return headings
}

func (d *taggedDocument) attribute(e types.Dict, name string) types.Object {
	if e["A"] == nil {
		return nil
	}
	return d.dict(e["A"])[name]
}

// checkTable: the first row is one of column headers, and all rows are as wide.
func (d *taggedDocument) checkTable(table types.Dict) {
	width := 0
	for i, row := range table.ArrayEntry("K") {
		columns := 0
		for _, cell := range d.dict(row).ArrayEntry("K") {
			c := d.dict(cell)
			if i == 0 && *c.NameEntry("S") != "TH" {
				d.Errorf("the first row of a table has the cell %v", c)
			}
			if span, ok := d.attribute(c, "ColSpan").(types.Integer); ok {
				columns += span.Value()
			} else {
				columns++
			}
		}
		if width == 0 {
			width = columns
		}
		if columns != width || columns == 0 {
			d.Errorf("a table is %d columns wide, its row %d has %d", width, i, columns)
		}
	}
}

// checkLeaf notes what a leaf holds.
func (d *taggedDocument) checkLeaf(e types.Dict, ref types.IndirectRef) {
	contents, ok := e["K"].(types.Array)
	if !ok && e["K"] != nil {
		contents = types.Array{e["K"]}
	}
	for _, content := range contents {
		page, number := e["Pg"], content
		if reference, ok := content.(types.Dict); ok {
			page, number = reference["Pg"], reference["MCID"]
		}
		d.contents[fmt.Sprint(page.(types.IndirectRef).ObjectNumber, " ", number)] = ref
	}
}

// checkContent: all that is drawn on a page is marked, as an artifact or as a content of
// which the tree and the page's list say the same.
func (d *taggedDocument) checkContent(page int, content []byte, object int, elements types.Array) {
	marked, text, next := "", false, 0
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSuffix(line, "\n")
		operator := line[strings.LastIndexAny(line, " >)/")+1:]
		switch operator {
		case "BT", "ET":
			if text == (operator == "BT") || marked == "text" {
				d.Errorf("page %d: %s where it must not be", page, operator)
			}
			text = operator == "BT"
		case "BDC":
			if marked != "" {
				d.Errorf("page %d: %s within another", page, line)
			}
			if marked = "shape"; text {
				marked = "text"
			}
			if _, after, found := strings.Cut(line, "<</MCID "); found {
				want := fmt.Sprint(next, ">>BDC")
				if after != want || next >= len(elements) || d.contents[fmt.Sprint(object, " ", next)] != elements[next].(types.IndirectRef) {
					d.Errorf("page %d: content %d is not where the tree says: %s", page, next, line)
				}
				next++
			} else if !strings.HasPrefix(line, "/Artifact<</Type/") {
				d.Errorf("page %d: %s", page, line)
			}
		case "EMC":
			if marked == "" || marked == "text" && !text || marked == "shape" && text {
				d.Errorf("page %d: %s where it must not be", page, operator)
			}
			marked = ""
		case "Tj", "TJ", "f", "S", "Do", "re", "W", "l", "m", "c":
			if marked == "" {
				d.Errorf("page %d: %s is not marked", page, line)
			}
		}
	}
	if marked != "" || text || next != len(elements) {
		d.Errorf("page %d ends within %q, with %d of %d contents", page, marked, next, len(elements))
	}
}
