package render

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

// maxLogo is the most pixels that a logo may have: a picture is unpacked in memory.
const maxLogo = 16 << 20

// logo is a picture that fpdf can embed: a JPEG that was decoded whole, or a PNG that
// was written anew, as fpdf refuses interlaced ones and trusts the rest blindly. A JPEG
// in colours that fpdf does not know becomes a PNG, too.
type logo struct {
	kind          string
	data          []byte
	width, height float64 // pixels
}

// readLogo reads a PNG or JPEG.
func readLogo(data []byte) (*logo, error) {
	config, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("logo: %w", err)
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > maxLogo/config.Height {
		return nil, fmt.Errorf("logo: %d × %d pixels", config.Width, config.Height)
	}
	l := &logo{kind: "jpg", data: data, width: float64(config.Width), height: float64(config.Height)}
	switch kind {
	case "jpeg":
		img, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("logo: %w", err)
		}
		switch config.ColorModel {
		case color.GrayModel, color.YCbCrModel, color.CMYKModel:
			return l, nil
		}
		return l, l.rewrite(img)
	case "png":
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("logo: %w", err)
		}
		return l, l.rewrite(img)
	}
	return nil, errors.New("logo: neither PNG nor JPEG")
}

// rewrite makes it a PNG of eight bits a channel that is not interlaced.
func (l *logo) rewrite(img image.Image) error {
	flat := image.NewNRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(flat, flat.Bounds(), img, img.Bounds().Min, draw.Src)
	var out bytes.Buffer
	err := png.Encode(&out, flat)
	l.kind, l.data = "png", out.Bytes()
	return err
}

// fit is the size of the logo in an area of width and height.
func (l *logo) fit(width, height float64) (float64, float64) {
	scale := min(width/l.width, height/l.height)
	return l.width * scale, l.height * scale
}
