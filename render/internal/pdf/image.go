package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
)

// maxPixels is the most pixels that a picture may have: it is unpacked in memory.
const maxPixels = 16 << 20

// Image is a picture that fpdf can embed: a JPEG that was decoded whole, or a PNG that
// was encoded anew, as fpdf refuses interlaced ones and trusts the rest blindly. A JPEG
// in colours that fpdf does not know becomes a PNG, too.
type Image struct {
	format        string // as fpdf names it
	data          []byte
	width, height float64 // pixels, as they are seen
	turn          orientation
}

// ReadImage reads a PNG or JPEG.
func ReadImage(data []byte) (*Image, error) {
	config, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > maxPixels/config.Height {
		return nil, fmt.Errorf("image: %d × %d pixels", config.Width, config.Height)
	}
	i := &Image{format: "jpg", data: data, width: float64(config.Width), height: float64(config.Height), turn: orientationOf(data)}
	if i.turn.onItsSide() {
		i.width, i.height = i.height, i.width
	}
	switch format {
	case "jpeg":
		img, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("image: %w", err)
		}
		switch config.ColorModel {
		case color.GrayModel, color.YCbCrModel, color.CMYKModel:
			return i, nil
		}
		return i, i.encodePNG(img)
	case "png":
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("image: %w", err)
		}
		return i, i.encodePNG(img)
	}
	return nil, errors.New("image: neither PNG nor JPEG")
}

// encodePNG makes it a PNG of eight bits a channel that is not interlaced.
func (i *Image) encodePNG(img image.Image) error {
	flat := image.NewNRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(flat, flat.Bounds(), img, img.Bounds().Min, draw.Src)
	var out bytes.Buffer
	err := png.Encode(&out, flat)
	i.format, i.data = "png", out.Bytes()
	return err
}

// Fit is the width and height of the picture as large as it fits into an area.
func (i *Image) Fit(width, height float64) (float64, float64) {
	scale := min(width/i.width, height/i.height)
	return i.width * scale, i.height * scale
}
