package report

import (
	"encoding/binary"
	"time"

	"rapport/internal/extsort"
	"rapport/internal/money"
	"rapport/render"
)

func appendCell(dst []byte, v *render.Value) []byte {
	dst = append(dst, byte(v.Kind))
	switch v.Kind {
	case render.Text, render.Decimal:
		dst = extsort.AppendText(dst, v.Text)
	case render.Money:
		dst = extsort.AppendText(binary.AppendVarint(dst, v.Number), string(v.Code))
	case render.Integer:
		dst = binary.AppendVarint(dst, v.Number)
	case render.Time:
		dst = binary.AppendVarint(dst, v.Time.Unix())
		dst = binary.AppendUvarint(dst, uint64(v.Time.Nanosecond()))
	}
	return dst
}

// readCell reads what appendCell wrote, times in zone.
func readCell(d *extsort.Decoder, v *render.Value, zone *time.Location) {
	*v = render.Value{Kind: render.Kind(d.Byte())}
	switch v.Kind {
	case render.Text, render.Decimal:
		v.Text = d.Text()
	case render.Money:
		v.Number = d.Varint()
		v.Code = money.Currency(d.Text())
	case render.Integer:
		v.Number = d.Varint()
	case render.Time:
		seconds := d.Varint()
		v.Time = time.Unix(seconds, int64(d.Uvarint())).In(zone)
	}
}

// textCell is a text cell; an empty text is a blank one.
func textCell(s string) render.Value {
	if s == "" {
		return render.Value{}
	}
	return render.TextOf(s)
}
