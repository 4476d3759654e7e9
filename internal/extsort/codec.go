package extsort

import (
	"encoding/binary"
)

func AppendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// A Decoder takes values off the front of rest; once broken it yields zeros.
type Decoder struct {
	Rest   string
	Broken bool
}

func (d *Decoder) Byte() byte {
	if d.Rest == "" {
		d.Broken = true
		return 0
	}
	b := d.Rest[0]
	d.Rest = d.Rest[1:]
	return b
}

func (d *Decoder) Text() string {
	n := d.Uvarint()
	if n > uint64(len(d.Rest)) {
		d.Broken, d.Rest = true, ""
		return ""
	}
	text := d.Rest[:n]
	d.Rest = d.Rest[n:]
	return text
}

// Varint reads what [binary.AppendVarint] writes.
func (d *Decoder) Varint() int64 {
	u := d.Uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// Uvarint reads what [binary.AppendUvarint] writes.
func (d *Decoder) Uvarint() (n uint64) {
	for i, shift := 0, 0; i < len(d.Rest) && shift < 64; i, shift = i+1, shift+7 {
		b := d.Rest[i]
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			d.Rest = d.Rest[i+1:]
			return n
		}
	}
	d.Broken, d.Rest = true, ""
	return 0
}
