package render

import (
	"bytes"
	"fmt"
	"slices"

	"rapport/render/internal/drawable"
	"rapport/render/internal/pdf"
)

// CheckLogo tells why a logo cannot stand in a document; nil if it can. It says what the
// file is, whatever its name.
func CheckLogo(data []byte) error {
	if kind := otherPicture(data); kind != "" {
		return fmt.Errorf("is %s — a logo is a PNG or a JPEG", kind)
	}
	_, err := pdf.ReadImage(data)
	return err
}

// otherPicture names what some file is that is neither PNG nor JPEG; empty where that is not known.
func otherPicture(data []byte) string {
	head := data[:min(len(data), 1024)]
	begins := func(texts ...string) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return bytes.HasPrefix(head, []byte(t)) })
	}
	switch {
	case len(data) == 0:
		return "empty"
	case begins("RIFF") && len(head) > 12 && string(head[8:12]) == "WEBP":
		return "a WebP picture"
	case begins("GIF8"):
		return "a GIF picture"
	case begins("BM"):
		return "a BMP picture"
	case begins("II*\x00", "MM\x00*"):
		return "a TIFF picture"
	case begins("%PDF"):
		return "a PDF"
	case len(head) > 12 && string(head[4:8]) == "ftyp":
		return "a HEIC or AVIF picture"
	case bytes.Contains(head, []byte("<svg")):
		return "an SVG drawing"
	case begins("<"):
		return "HTML or XML"
	}
	return ""
}

// Printable is a text as a document prints it: "?" stands for what its font has no picture of.
func Printable(text string) string {
	fonts, err := pdf.LoadFonts()
	if err != nil {
		return text
	}
	return fonts.Source((&drawable.Cleaner{Font: fonts.Regular}).Clean(text))
}
