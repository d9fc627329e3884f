package credential

import (
	"bufio"
	"io"
	"runtime"
	"strings"
	"testing"
)

func newRows(s string) *Reader {
	return &Reader{name: "x", src: bufio.NewReader(strings.NewReader(s)), line: 1}
}

// endless is a report of so many users, made while it is read.
type endless struct {
	head, rows string
	left       int
	buf        string
}

func newEndless(users int) *endless {
	lines := strings.SplitAfter(sample, "\n")
	return &endless{head: lines[0] + lines[1], rows: lines[2] + lines[3], left: users / 2}
}

func (e *endless) Read(p []byte) (int, error) {
	if e.buf == "" {
		switch {
		case e.head != "":
			e.buf, e.head = e.head, ""
		case e.left > 0:
			e.buf, e.left = e.rows, e.left-1
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, e.buf)
	e.buf = e.buf[n:]
	return n, nil
}

func readEndless(users int) (rows int, err error) {
	r, err := NewReader("report.csv", newEndless(users))
	if err != nil {
		return 0, err
	}
	r.NoNames = true
	err = r.All(func(row *Row) error {
		if row.Account != "" {
			rows++
		}
		return nil
	}, func(*RowError) {})
	return rows, err
}

// A report ten times as long takes no more memory.
func TestConstantMemory(t *testing.T) {
	allocated := func(users int) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		rows, err := readEndless(users)
		runtime.ReadMemStats(&after)
		if err != nil || rows != users+1 {
			t.Fatalf("%d rows of %d: %v", rows, users, err)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	short, long := allocated(10_000), allocated(200_000)
	if long > short+64<<10 {
		t.Errorf("10,000 users take %d bytes, 200,000 users %d", short, long)
	}
}

func BenchmarkMillionRows(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		if rows, err := readEndless(1_000_000); err != nil || rows != 1_000_001 {
			b.Fatal(rows, err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(sample)))
	for range b.N {
		r, err := NewReader("report.csv", strings.NewReader(sample))
		if err != nil {
			b.Fatal(err)
		}
		if err := r.All(func(*Row) error { return nil }, func(e *RowError) { b.Fatal(e) }); err != nil {
			b.Fatal(err)
		}
	}
}
