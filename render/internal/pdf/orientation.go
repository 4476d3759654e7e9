package pdf

import (
	"bytes"
	"encoding/binary"
)

// orientation is how the pixels of a picture must be turned to stand upright: the values 1
// to 8 of EXIF's tag, which a phone writes in place of turning them.
type orientation uint8

const upright orientation = 1

// onItsSide tells whether the turned picture is as wide as its pixels are high.
func (o orientation) onItsSide() bool { return o > 4 }

// matrix takes the unit square of the pixels to that of the picture, as the operator cm has it.
func (o orientation) matrix() [6]float64 {
	return [...][6]float64{
		{1, 0, 0, 1, 0, 0},
		{-1, 0, 0, 1, 1, 0}, // mirrored
		{-1, 0, 0, -1, 1, 1},
		{1, 0, 0, -1, 0, 1},  // mirrored
		{0, -1, -1, 0, 1, 1}, // mirrored
		{0, -1, 1, 0, 0, 1},
		{0, 1, 1, 0, 0, 0}, // mirrored
		{0, 1, -1, 0, 1, 0},
	}[o-1]
}

// orientationOf reads the orientation of a JPEG or PNG; upright where it says none.
func orientationOf(data []byte) orientation {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		return orientationOfJPEG(data[2:])
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return orientationOfPNG(data[8:])
	}
	return upright
}

// orientationOfJPEG looks through the segments before the pixels.
func orientationOfJPEG(data []byte) orientation {
	for len(data) >= 4 && data[0] == 0xff {
		marker, size := data[1], int(binary.BigEndian.Uint16(data[2:]))
		if marker == 0xda || size < 2 || len(data) < 2+size { // the pixels begin, or it is cut
			break
		}
		if exif, ok := bytes.CutPrefix(data[4:2+size], []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			return orientationOfTIFF(exif)
		}
		data = data[2+size:]
	}
	return upright
}

// orientationOfPNG looks through the chunks.
func orientationOfPNG(data []byte) orientation {
	for len(data) >= 12 {
		size := int(binary.BigEndian.Uint32(data))
		if size < 0 || size > len(data)-12 {
			break
		}
		if string(data[4:8]) == "eXIf" {
			return orientationOfTIFF(data[8 : 8+size])
		}
		data = data[12+size:]
	}
	return upright
}

// orientationOfTIFF reads the tag from the first directory of EXIF's TIFF.
func orientationOfTIFF(data []byte) orientation {
	const tag, short = 0x0112, 3
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(data, []byte("II")) {
		order = binary.LittleEndian
	}
	if len(data) < 8 {
		return upright
	}
	at := uint64(order.Uint32(data[4:]))
	if at+2 > uint64(len(data)) {
		return upright
	}
	entries := data[at+2:]
	for n := order.Uint16(data[at:]); n > 0 && len(entries) >= 12; n-- {
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if o := order.Uint16(entries[8:]); o >= 1 && o <= 8 {
				return orientation(o)
			}
			return upright
		}
		entries = entries[12:]
	}
	return upright
}
