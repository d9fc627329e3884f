package source

import (
	"fmt"
	"slices"
	"sort"
)

// Edit replaces the bytes of Span by New. An empty Span inserts.
type Edit struct {
	Span Span
	New  string
}

func (e Edit) insertion() bool { return e.Span.Start == e.Span.End }

// Apply returns the bytes of f with the edits made. They may come in any
// order: identical ones count once, and insertions at one offset keep their
// order, in front of what replaces the bytes behind that offset. Edits of
// another file, out of range or overlapping are an error.
func Apply(f *File, edits []Edit) ([]byte, error) {
	edits, err := ordered(f, edits)
	if err != nil {
		return nil, err
	}
	size := len(f.Bytes)
	for _, e := range edits {
		size += len(e.New) - (e.Span.End - e.Span.Start)
	}
	out := make([]byte, 0, size)
	at := 0
	for _, e := range edits {
		out = append(out, f.Bytes[at:e.Span.Start]...)
		out = append(out, e.New...)
		at = e.Span.End
	}
	return append(out, f.Bytes[at:]...), nil
}

// Check is the error that Apply would return, without the work.
func Check(f *File, edits []Edit) error {
	_, err := ordered(f, edits)
	return err
}

// ordered is the edits by offset, each once, checked.
func ordered(f *File, edits []Edit) ([]Edit, error) {
	for _, e := range edits {
		switch {
		case e.Span.File != f:
			return nil, fmt.Errorf("%s: edit is of another file", f.Name)
		case e.Span.Start < 0 || e.Span.Start > e.Span.End || e.Span.End > len(f.Bytes):
			return nil, fmt.Errorf("%s: edit of bytes %d to %d is out of range", f.Name, e.Span.Start, e.Span.End)
		}
	}
	sorted := append([]Edit(nil), edits...)
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := sorted[i].Span, sorted[j].Span
		return a.Start < b.Start || a.Start == b.Start && a.End < b.End
	})
	out := sorted[:0]
	for _, e := range sorted {
		if repeated(out, e) {
			continue
		}
		if n := len(out); n > 0 && e.Span.Start < out[n-1].Span.End {
			return nil, fmt.Errorf("%s: edits of bytes %d to %d and %d to %d overlap", f.Name,
				out[n-1].Span.Start, out[n-1].Span.End, e.Span.Start, e.Span.End)
		}
		out = append(out, e)
	}
	return out, nil
}

// repeated says that e is already among the last edits of its span.
func repeated(edits []Edit, e Edit) bool {
	for i := len(edits) - 1; i >= 0 && edits[i].Span == e.Span; i-- {
		if edits[i].New == e.New {
			return true
		}
	}
	return false
}

// Merge joins sets of edits that were made independently of each other. The
// first stands; a later set that conflicts with what stands is dropped whole,
// and its index is in conflicts. Edits that two sets have in common are no
// conflict and count once. Different insertions at one offset are one, though
// bytes would not be lost: both may set the same attribute.
//
// The sets may be of several files. merged is ordered by file name and offset.
func Merge(sets ...[]Edit) (merged []Edit, conflicts []int) {
	standing := map[*File]*intervals{}
	for i, set := range sets {
		if slices.ContainsFunc(set, func(e Edit) bool { return standing[e.Span.File].conflicts(e) }) {
			conflicts = append(conflicts, i)
			continue
		}
		for _, e := range set {
			in := standing[e.Span.File]
			if in == nil {
				in = &intervals{sets: map[Edit]int{}}
				standing[e.Span.File] = in
			}
			if by, stands := in.sets[e]; stands && by != i {
				continue
			}
			in.add(e, i)
			merged = append(merged, e)
		}
	}
	sort.SliceStable(merged, func(i, j int) bool { return merged[i].Span.Less(merged[j].Span) })
	return merged, conflicts
}

// intervals are the edits of a file that stand, in order, so that what an edit
// conflicts with is found without looking at all of them.
type intervals struct {
	ordered []Edit
	sets    map[Edit]int // which set brought it
	longest int          // of the spans
}

// from is the index of the first edit that begins at offset or behind it.
func (in *intervals) from(offset int) int {
	return sort.Search(len(in.ordered), func(i int) bool { return in.ordered[i].Span.Start >= offset })
}

func (in *intervals) conflicts(e Edit) bool {
	if in == nil {
		return false
	}
	for i := in.from(e.Span.Start - in.longest); i < len(in.ordered) && in.ordered[i].Span.Start <= e.Span.End; i++ {
		if m := in.ordered[i]; m != e && overlap(m, e) {
			return true
		}
	}
	return false
}

func (in *intervals) add(e Edit, set int) {
	in.sets[e] = set
	in.ordered = slices.Insert(in.ordered, in.from(e.Span.Start+1), e)
	in.longest = max(in.longest, e.Span.End-e.Span.Start)
}

func overlap(a, b Edit) bool {
	if a.Span.File != b.Span.File {
		return false
	}
	if a.insertion() && b.insertion() {
		return a.Span.Start == b.Span.Start
	}
	return a.Span.Start < b.Span.End && b.Span.Start < a.Span.End
}
