package render

import (
	"bytes"
	"compress/zlib"
	"io"
)

// press compresses pages on a goroutine of its own, while the next ones are drawn.
type press struct {
	pages    chan []byte
	free     chan []byte // buffers to be used again
	done     chan struct{}
	deflater *zlib.Writer
	out      bytes.Buffer
	contents [][]byte // of each page, compressed
	err      error
	closed   bool
}

func newPress() *press {
	p := &press{pages: make(chan []byte, 2), free: make(chan []byte, 4), done: make(chan struct{})}
	go p.run()
	return p
}

// page takes a copy of a page's operators.
func (p *press) page(operators []byte) {
	var buf []byte
	select {
	case buf = <-p.free:
	default:
	}
	p.pages <- append(buf[:0], operators...)
}

func (p *press) run() {
	defer close(p.done)
	p.deflater, p.err = zlib.NewWriterLevel(io.Discard, zlib.BestSpeed)
	for operators := range p.pages {
		if p.err != nil {
			continue
		}
		var content []byte
		content, p.err = p.squeeze(operators)
		p.contents = append(p.contents, content)
		select {
		case p.free <- operators:
		default:
		}
	}
}

// squeeze compresses data; after close only, or on the goroutine of the pages.
func (p *press) squeeze(data []byte) ([]byte, error) {
	p.out.Reset()
	p.deflater.Reset(&p.out)
	if _, err := p.deflater.Write(data); err != nil {
		return nil, err
	}
	err := p.deflater.Close()
	return bytes.Clone(p.out.Bytes()), err
}

// close waits for the last page and returns all. It may be called again.
func (p *press) close() ([][]byte, error) {
	if !p.closed {
		close(p.pages)
		p.closed = true
	}
	<-p.done
	return p.contents, p.err
}
