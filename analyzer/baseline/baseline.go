// Package baseline reads and writes the findings that a team knew of when it began to
// use iamvet, or accepted since: a file that is kept beside the code. What is in it is
// counted, and does not fail a scan.
package baseline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// An Entry is a finding that is known. The fingerprint tells it, which holds no path, line
// or module. The other members are for people, and tell apart what has one fingerprint:
// equal statements of roles that are called the same in several modules.
type Entry struct {
	Rule        string `json:"rule"`
	Resource    string `json:"resource"` // its address; "" where there is none
	Root        string `json:"root"`     // the directory of the root module
	Fingerprint string `json:"fingerprint"`
	// Undetermined says that it was a question. Who knew of that did not accept a violation.
	Undetermined bool `json:"undetermined,omitempty"`
}

// place is an entry without what it says of the finding itself.
func (e Entry) place() Entry {
	e.Undetermined = false
	return e
}

func compare(a, b Entry) int {
	return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Root, b.Root), cmp.Compare(a.Fingerprint, b.Fingerprint))
}

// version is that of the form of the file.
const version = 1

// Write writes entries, each on a line of its own and in order: two branches that add
// some are merged without a conflict, mostly, and a diff shows which.
func Write(w io.Writer, entries []Entry) error {
	sorted := slices.Clone(entries)
	slices.SortFunc(sorted, compare)
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"version\": %d,\n  \"findings\": [", version)
	for i, e := range sorted {
		if i > 0 {
			b.WriteString(",")
		}
		var line bytes.Buffer
		enc := json.NewEncoder(&line)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(e); err != nil {
			return err
		}
		b.WriteString("\n    ")
		b.Write(bytes.TrimSpace(line.Bytes()))
	}
	if len(sorted) > 0 {
		b.WriteString("\n  ")
	}
	b.WriteString("]\n}\n")
	_, err := w.Write(b.Bytes())
	return err
}

// Read reads what Write wrote.
func Read(text []byte) ([]Entry, error) {
	var file struct {
		Version  int      `json:"version"`
		Findings *[]Entry `json:"findings"`
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("it is not what iamvet baseline writes: %w", err)
	}
	switch {
	case d.More():
		return nil, errors.New("something stands after its end: two baselines were put together, write it anew")
	case file.Version > version:
		return nil, fmt.Errorf("its version is %d: a newer iamvet wrote it", file.Version)
	case file.Version != version || file.Findings == nil:
		return nil, errors.New("it is not what iamvet baseline writes: it has no version 1 and findings")
	}
	for i, e := range *file.Findings {
		if e.Fingerprint == "" || e.Rule == "" {
			return nil, fmt.Errorf("finding %d of it has no rule or no fingerprint", i+1)
		}
	}
	return *file.Findings, nil
}

// Match gives each of the findings at hand the entry that knows it, and -1 where none
// does. An entry knows one finding: of several with one fingerprint those that stand where
// it says come first. formerly are the fingerprints that a finding had under names that its
// resource had before; it may be nil. gone are the entries that know nothing any more.
func Match(entries, found []Entry, formerly func(i int) []string) (known []int, gone []int) {
	known = make([]int, len(found))
	for i := range known {
		known[i] = -1
	}
	used := make([]bool, len(entries))
	pass := func(key func(Entry) Entry, as func(i int) []Entry) {
		free := map[Entry][]int{}
		for n, e := range entries {
			if !used[n] {
				free[key(e)] = append(free[key(e)], n)
			}
		}
		for i := range found {
			if known[i] >= 0 {
				continue
			}
			for _, e := range as(i) {
				if list := free[key(e)]; len(list) > 0 {
					known[i], used[list[0]], free[key(e)] = list[0], true, list[1:]
					break
				}
			}
		}
	}
	// From what says most to what says least, and its own name before those it had.
	itself := func(i int) []Entry { return found[i : i+1] }
	bare := func(e Entry) Entry { return Entry{Rule: e.Rule, Fingerprint: e.Fingerprint} }
	pass(Entry.place, itself)
	pass(func(e Entry) Entry { e = e.place(); e.Root = ""; return e }, itself)
	pass(bare, itself)
	if formerly != nil {
		pass(bare, func(i int) (out []Entry) {
			for _, fingerprint := range formerly(i) {
				out = append(out, Entry{Rule: found[i].Rule, Fingerprint: fingerprint})
			}
			return out
		})
	}
	for n := range entries {
		if !used[n] {
			gone = append(gone, n)
		}
	}
	return known, gone
}
