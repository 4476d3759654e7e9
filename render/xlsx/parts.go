package xlsx

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// The styles of cells, by their place in the file of styles.
const (
	styleBold    = 1
	styleText    = 2
	styleTime    = 3
	styleInteger = 4
	styleDecimal = 5
	styleAmount  = 6 // without decimals; then with one, two …
	styleDate    = styleAmount + maxDecimals + 1
	maxDecimals  = 4
)

const (
	mainNamespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relations     = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	declaration   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
)

// part is a file of the archive.
type part struct{ name, text string }

// parts are the files besides the sheets.
func (b *Book) parts() []part {
	types, links, list, filters := "", "", "", ""
	for i := range b.sheets {
		types += fmt.Sprintf(`<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%s.worksheet+xml"/>`, i+1, strings.TrimSuffix(ContentType, ".sheet"))
		links += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relations, i+1)
	}
	for place, i := range b.order() {
		s := b.sheets[i]
		list += fmt.Sprintf(`<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, escaped(sheetName(s.name)), i+1, i+1)
		if len(s.columns) > 0 {
			filters += fmt.Sprintf(`<definedName name="_xlnm._FilterDatabase" localSheetId="%d" hidden="1">'%s'!%s</definedName>`, place, escaped(sheetName(s.name)), s.area("$"))
		}
	}
	if filters != "" {
		filters = "<definedNames>" + filters + "</definedNames>"
	}
	prefix := strings.TrimSuffix(ContentType, ".sheet")
	return []part{
		{"[Content_Types].xml", declaration + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + prefix + `.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="` + prefix + `.styles+xml"/>` +
			`<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` + types + `</Types>`},
		{"_rels/.rels", declaration + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relations + `/officeDocument" Target="xl/workbook.xml"/>` +
			`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`},
		{"docProps/core.xml", declaration + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + escaped(b.title) + `</dc:title><dc:creator>` + escaped(b.author) + `</dc:creator></cp:coreProperties>`},
		{"xl/workbook.xml", declaration + `<workbook xmlns="` + mainNamespace + `" xmlns:r="` + relations + `"><bookViews><workbookView/></bookViews><sheets>` + list + `</sheets>` + filters + `</workbook>`},
		{"xl/_rels/workbook.xml.rels", declaration + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + links + fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/></Relationships>`, len(b.sheets)+1, relations)},
		{"xl/styles.xml", styles()},
	}
}

// order is that in which the sheets are shown: what goes on from another comes last.
func (b *Book) order() []int {
	order := make([]int, len(b.sheets))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return b.sheets[i].part - b.sheets[j].part })
	return order
}

// dateFormat is the format of a day, after those of amounts.
const dateFormat = 165 + maxDecimals + 1

func styles() string {
	formats, cells := `<numFmt numFmtId="164" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/>`, ""
	for decimals := range maxDecimals + 1 {
		code := "#,##0"
		if decimals > 0 {
			code += "." + strings.Repeat("0", decimals)
		}
		formats += fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="%s"/>`, 165+decimals, code)
		cells += fmt.Sprintf(`<xf numFmtId="%d" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`, 165+decimals)
	}
	formats += fmt.Sprintf(`<numFmt numFmtId="%d" formatCode="yyyy\-mm\-dd"/>`, dateFormat)
	cells += fmt.Sprintf(`<xf numFmtId="%d" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`, dateFormat)
	xf := func(format, font int) string {
		return fmt.Sprintf(`<xf numFmtId="%d" fontId="%d" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>`, format, font)
	}
	return declaration + `<styleSheet xmlns="` + mainNamespace + fmt.Sprintf(`"><numFmts count="%d">%s</numFmts>`, maxDecimals+3, formats) +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		fmt.Sprintf(`<cellXfs count="%d">`, styleDate+1) + xf(0, 0) + xf(49, 1) + xf(49, 0) + xf(164, 0) + xf(1, 0) + xf(0, 0) + cells + `</cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}

// sheetName is a name without what no sheet may have in its own, of at most 31 characters.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return '-'
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > 31 {
		name = string(runes[:31])
	}
	return name
}

func escaped(text string) string { return string(appendEscaped(nil, text)) }

// maxText is how many characters a cell may hold.
const maxText = 32_767

// codeLike is what a spreadsheet takes for a character that XML cannot hold.
var codeLike = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

// appendEscaped writes text for XML. Control characters, which it cannot hold, are left out.
func appendEscaped(dst []byte, text string) []byte {
	length := 0
	for i, r := range text {
		if length++; r > 0xffff { // two in UTF-16
			length++
		}
		if length > maxText {
			return dst
		}
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '"':
			dst = append(dst, "&quot;"...)
		case r == '_' && codeLike.MatchString(text[i:min(len(text), i+7)]):
			dst = append(dst, "_x005F_"...)
		case r == '\n' || r == '\t':
			dst = append(dst, byte(r))
		case r < ' ' || r == 0x7f || r == 0xfffe || r == 0xffff:
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}
