package render

import (
	"bytes"
	"compress/zlib"
	"io"
)

// press compresses pages on goroutines of its own, while the next ones are drawn. What
// becomes of a page does not depend on which of them takes it.
type press struct {
	queue   chan *pressed
	free    chan []byte // to be used again
	done    chan *deflater
	working int
	pages   []*pressed
	idle    *deflater // once the press is closed
}

// pressed is a page: its operators, and these compressed once the press is closed.
type pressed struct {
	data []byte
	err  error
}

// mostPresses is how many goroutines compress: that takes twice the time of drawing.
const mostPresses = 2

func newPress() *press {
	return &press{queue: make(chan *pressed, 2), free: make(chan []byte, 2+mostPresses), done: make(chan *deflater, mostPresses)}
}

// page takes a copy of a page's operators.
func (p *press) page(operators []byte) {
	var buf []byte
	select {
	case buf = <-p.free:
	default:
	}
	page := &pressed{data: append(buf[:0], operators...)}
	p.pages = append(p.pages, page)
	if p.working == 0 || len(p.queue) == cap(p.queue) && p.working < mostPresses {
		p.working++
		go p.run(p.queue)
	}
	p.queue <- page
}

func (p *press) run(queue <-chan *pressed) {
	d := newDeflater()
	for page := range queue {
		operators := page.data
		page.data, page.err = d.deflate(operators)
		select {
		case p.free <- operators:
		default:
		}
	}
	p.done <- d
}

// close waits for the last page. It may be called again.
func (p *press) close() {
	if p.queue == nil {
		return
	}
	close(p.queue)
	p.queue = nil
	for range p.working {
		p.idle = <-p.done
	}
	if p.idle == nil {
		p.idle = newDeflater()
	}
}

// deflater compresses one thing after another.
type deflater struct {
	zlib *zlib.Writer
	out  bytes.Buffer
	err  error
}

func newDeflater() *deflater {
	d := &deflater{}
	d.zlib, d.err = zlib.NewWriterLevel(io.Discard, zlib.BestSpeed)
	return d
}

func (d *deflater) deflate(data []byte) ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	d.out.Reset()
	d.zlib.Reset(&d.out)
	if _, err := d.zlib.Write(data); err != nil {
		return nil, err
	}
	err := d.zlib.Close()
	return bytes.Clone(d.out.Bytes()), err
}
