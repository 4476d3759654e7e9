package report

import (
	"encoding/binary"
	"time"

	"rapport/internal/content"
	"rapport/internal/extsort"
	"rapport/internal/money"
)

func appendCell(dst []byte, v *content.Value) []byte {
	dst = append(dst, byte(v.Kind))
	switch v.Kind {
	case content.Text, content.Decimal:
		dst = extsort.AppendText(dst, v.Text)
	case content.Money:
		dst = extsort.AppendText(binary.AppendVarint(dst, v.Number), string(v.Code))
	case content.Integer:
		dst = binary.AppendVarint(dst, v.Number)
	case content.Time:
		dst = binary.AppendVarint(dst, v.Time.Unix())
		dst = binary.AppendUvarint(dst, uint64(v.Time.Nanosecond()))
	case content.Date:
		dst = binary.AppendVarint(dst, v.Time.Unix())
	}
	return dst
}

// readCell reads what appendCell wrote, times in zone.
func readCell(d *extsort.Decoder, v *content.Value, zone *time.Location) {
	*v = content.Value{Kind: content.Kind(d.Byte())}
	switch v.Kind {
	case content.Text, content.Decimal:
		v.Text = d.Text()
	case content.Money:
		v.Number = d.Varint()
		v.Code = money.Currency(d.Text())
	case content.Integer:
		v.Number = d.Varint()
	case content.Time:
		seconds := d.Varint()
		v.Time = time.Unix(seconds, int64(d.Uvarint())).In(zone)
	case content.Date:
		v.Time = time.Unix(d.Varint(), 0).UTC()
	}
}

// textCell is a text cell; an empty text is a blank one.
func textCell(s string) content.Value {
	if s == "" {
		return content.Value{}
	}
	return content.TextOf(s)
}
