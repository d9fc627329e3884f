package plan

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
)

// maxSize bounds the size of a plan or state that is read.
const maxSize = 256 << 20

// maxHeld is how much is held of what can be read only once; tests hold less.
var maxHeld = 16 << 20

// A document is a plan or a state, read as a stream and then again wherever somebody
// asks for a value.
type document struct {
	name string
	// again is the text from its first byte on; nil for a stream that is larger than
	// what is held of one. Of that, kept are the values that matter, by where they stand.
	again io.ReaderAt
	kept  map[int64][]byte
	// stream is where it is read from the first time.
	stream *boundedReader
}

// text is where the text of a value stands in a document.
type text struct {
	at   int64
	size int
}

// openDocument is a document and the stream of its text, which ends with the context.
// Standard input and the like can be read only once: what is larger than what is held
// of that is never in memory as a whole.
func openDocument(ctx context.Context, in io.Reader, name string) (*document, io.Reader, error) {
	d := &document{name: name}
	again, ok := in.(io.ReaderAt)
	if ok {
		// A pipe is a file that cannot be read anywhere.
		_, err := again.ReadAt(make([]byte, 1), 0)
		ok = err == nil || err == io.EOF
	}
	if !ok {
		d.stream = bounded(ctx, in)
		in = d.stream
		var begin bytes.Buffer
		if _, err := begin.ReadFrom(io.LimitReader(in, int64(maxHeld)+1)); err != nil {
			return nil, nil, err
		}
		held := begin.Bytes()
		if len(held) > maxHeld {
			var err error
			d.kept = map[int64][]byte{}
			in = io.MultiReader(&begin, in)
			if bytes.HasPrefix(held, []byte{0xEF, 0xBB, 0xBF}) {
				_, err = io.CopyN(io.Discard, in, 3)
			} else if order := utf16Order(held); order != 0 {
				return nil, nil, fmt.Errorf("it is UTF-16 and larger than %d MiB: name the file that it comes from", maxHeld>>20)
			}
			return d, in, err
		}
		again = bytes.NewReader(held)
	}
	var mark [3]byte
	n, err := again.ReadAt(mark[:], 0)
	switch {
	case err != nil && err != io.EOF:
		return nil, nil, err
	case bytes.HasPrefix(mark[:n], []byte{0xEF, 0xBB, 0xBF}):
		again = io.NewSectionReader(again, 3, maxSize+1)
	case utf16Order(mark[:n]) != 0:
		whole, err := io.ReadAll(bounded(ctx, io.NewSectionReader(again, 0, maxSize+1)))
		if err != nil {
			return nil, nil, err
		}
		again = bytes.NewReader(decodeText(whole))
	}
	d.again, d.stream = again, bounded(ctx, io.NewSectionReader(again, 0, maxSize+1))
	return d, d.stream, nil
}

var errTooLarge = errors.New("too large")

// bounded reads until the context ends, and no more than what may be read.
func bounded(ctx context.Context, in io.Reader) *boundedReader {
	return &boundedReader{ctx: ctx, in: in}
}

type boundedReader struct {
	ctx    context.Context
	in     io.Reader
	read   int
	failed error // what ended the reading, but for the end
}

func (r *boundedReader) Read(b []byte) (n int, err error) {
	if err = r.ctx.Err(); err == nil {
		n, err = r.in.Read(b[:min(len(b), 1<<20)])
		if r.read += n; r.read > maxSize {
			n, err = 0, errTooLarge
		}
	}
	if err != nil && err != io.EOF {
		r.failed = err
	}
	return n, err
}

// keeps says that the text of a value has to be kept while it is read: it cannot be
// read again.
func (d *document) keeps() bool { return d.again == nil }

func (d *document) keep(at text, b []byte) { d.kept[at.at] = bytes.Clone(b) }

// drop lets go of a text that nobody will ask for.
func (d *document) drop(t text) { delete(d.kept, t.at) }

var errChanged = errors.New("the file has changed since it was read")

var errNotKept = errors.New("it came on standard input and was not kept: name the file that it comes from")

// read is the text of a value.
func (d *document) read(t text) (jsonText, error) {
	switch {
	case t.size == 0:
		return nil, nil
	case d.again == nil:
		b, ok := d.kept[t.at]
		if !ok {
			return nil, errNotKept
		}
		return b, nil
	}
	b := make([]byte, t.size)
	switch n, err := d.again.ReadAt(b, t.at); {
	case n == t.size && json.Valid(b):
		return b, nil
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	}
	return nil, errChanged
}

// utf16Order is the second byte of a mark of UTF-16; 0 for another text.
func utf16Order(b []byte) byte {
	if len(b) >= 2 && (b[0] == 0xFF && b[1] == 0xFE || b[0] == 0xFE && b[1] == 0xFF) {
		return b[1]
	}
	return 0
}

// decodeText takes off a byte order mark, and turns UTF-16, as Windows
// PowerShell's redirection writes it, to UTF-8.
func decodeText(b []byte) []byte {
	switch {
	case bytes.HasPrefix(b, []byte{0xEF, 0xBB, 0xBF}):
		return b[3:]
	case utf16Order(b) != 0:
		big := b[0] == 0xFE
		units := make([]uint16, 0, len(b)/2)
		for i := 2; i+1 < len(b); i += 2 {
			lo, hi := b[i], b[i+1]
			if big {
				lo, hi = hi, lo
			}
			units = append(units, uint16(hi)<<8|uint16(lo))
		}
		return []byte(string(utf16.Decode(units)))
	}
	return b
}
