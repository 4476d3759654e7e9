package pdf

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"time"
)

// metadata is the XMP of a document: its properties once more, as programs that sort
// documents read them, and that it is made for every reader (PDF/UA-1).
func (p Properties) metadata() []byte {
	var out bytes.Buffer
	text := func(before, value, after string) {
		if value != "" {
			out.WriteString(before)
			xml.EscapeText(&out, []byte(value)) // a buffer takes all
			out.WriteString(after + "\n")
		}
	}
	const language = `<rdf:Alt><rdf:li xml:lang="x-default">`
	created := p.Created.Format(time.RFC3339)
	out.WriteString("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">` + "\n" +
		`<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">` + "\n" +
		"<pdfuaid:part>1</pdfuaid:part>\n<dc:format>application/pdf</dc:format>\n")
	text("<dc:title>"+language, p.Title, "</rdf:li></rdf:Alt></dc:title>")
	text("<dc:description>"+language, p.Subject, "</rdf:li></rdf:Alt></dc:description>")
	text("<dc:creator><rdf:Seq><rdf:li>", p.Author, "</rdf:li></rdf:Seq></dc:creator>")
	text("<dc:language><rdf:Bag><rdf:li>", p.Language, "</rdf:li></rdf:Bag></dc:language>")
	text("<pdf:Keywords>", p.Keywords, "</pdf:Keywords>")
	text("<xmp:CreatorTool>", p.Creator, "</xmp:CreatorTool>")
	text("<xmp:CreateDate>", created, "</xmp:CreateDate>")
	text("<xmp:ModifyDate>", created, "</xmp:ModifyDate>")
	out.WriteString("</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
	return fmt.Appendf(nil, "<</Type /Metadata /Subtype /XML /Length %d>>\nstream\n%s\nendstream", out.Len(), out.Bytes())
}
