package pdf

import (
	"bytes"
	"compress/zlib"
	"io"
)

// pageCompressor compresses pages on goroutines of its own while the next ones are drawn:
// that takes twice the time of drawing. What becomes of a page does not depend on which
// goroutine takes it.
type pageCompressor struct {
	queue    chan *compressedPage
	free     chan []byte // buffers to be used again
	idle     chan *deflater
	workers  int
	pages    []*compressedPage
	deflater *deflater // once the compressor is closed
}

// compressedPage is the content of a page: as it was drawn, and compressed once the
// compressor is closed.
type compressedPage struct {
	data []byte
	err  error
}

const maxWorkers = 2

func newPageCompressor() *pageCompressor {
	return &pageCompressor{queue: make(chan *compressedPage, 2), free: make(chan []byte, 2+maxWorkers), idle: make(chan *deflater, maxWorkers)}
}

// add takes a copy of a page's content. A second worker starts once the first is behind.
func (c *pageCompressor) add(content []byte) {
	var buf []byte
	select {
	case buf = <-c.free:
	default:
	}
	page := &compressedPage{data: append(buf[:0], content...)}
	c.pages = append(c.pages, page)
	if c.workers == 0 || len(c.queue) == cap(c.queue) && c.workers < maxWorkers {
		c.workers++
		go c.work(c.queue)
	}
	c.queue <- page
}

func (c *pageCompressor) work(queue <-chan *compressedPage) {
	d := newDeflater()
	for page := range queue {
		content := page.data
		page.data, page.err = d.deflate(content)
		select {
		case c.free <- content:
		default:
		}
	}
	c.idle <- d
}

// close waits for the last page. It may be called again.
func (c *pageCompressor) close() {
	if c.queue == nil {
		return
	}
	close(c.queue)
	c.queue = nil
	for range c.workers {
		c.deflater = <-c.idle
	}
	if c.deflater == nil {
		c.deflater = newDeflater()
	}
}

// deflater compresses one thing after another: a compressor of its own for each would
// cost more than the compressing.
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
