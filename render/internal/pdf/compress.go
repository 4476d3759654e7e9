package pdf

import (
	"bytes"
	"compress/zlib"
	"io"
	"sync"
)

// compressor compresses pages, and what else a document holds, on goroutines of its own
// while the next ones are drawn: that takes twice the time of drawing. What becomes of a
// content does not depend on which goroutine takes it.
type compressor struct {
	queue   chan *compressed
	free    chan []byte // buffers to be used again
	workers int
	pending sync.WaitGroup // contents
	working sync.WaitGroup // goroutines
}

// compressed is a content: as it was given, and compressed once the compressor was waited for.
type compressed struct {
	data []byte
	err  error
}

const maxWorkers = 2

func newCompressor() *compressor {
	return &compressor{queue: make(chan *compressed, 2), free: make(chan []byte, 2+maxWorkers)}
}

// add takes a copy of a content. A second worker starts once the first is behind.
func (c *compressor) add(content []byte) *compressed {
	var buf []byte
	select {
	case buf = <-c.free:
	default:
	}
	next := &compressed{data: append(buf[:0], content...)}
	if c.workers == 0 || len(c.queue) == cap(c.queue) && c.workers < maxWorkers {
		c.workers++
		c.working.Go(func() { c.work() })
	}
	c.pending.Add(1)
	c.queue <- next
	return next
}

// wait waits until all that was added is compressed.
func (c *compressor) wait() { c.pending.Wait() }

// compress compresses a content at once.
func (c *compressor) compress(content []byte) ([]byte, error) {
	only := c.add(content)
	c.wait()
	return only.data, only.err
}

func (c *compressor) work() {
	d := newDeflater()
	for next := range c.queue {
		content := next.data
		next.data, next.err = d.deflate(content)
		select {
		case c.free <- content:
		default:
		}
		c.pending.Done()
	}
}

// close ends the goroutines. It may be called again.
func (c *compressor) close() {
	if c.queue != nil {
		close(c.queue)
		c.working.Wait()
		c.queue = nil
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
