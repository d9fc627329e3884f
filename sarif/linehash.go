package sarif

import (
	"strconv"
	"unicode/utf16"

	"github.com/iamvet/iamvet/analyzer/source"
)

// hashWindow is the number of UTF-16 code units that a line hash covers.
const hashWindow = 100

// lineHashes is the hash that GitHub's upload-sarif action computes for the
// lines of a file, by 1-based line: alerts are the same alert as long as it is
// the same. An upload over the API computes none, and the action complains
// about another one.
//
// The hash of a line is sum(unit[i] * 37^(99-i)) modulo 2^64 over the 100
// units from its start on, spaces and tabs left out and line endings reduced
// to a line feed, with 65535 after the end of the file and zeros after that.
// Equal hashes are numbered. Unlike package source, it also ends lines at a
// lone carriage return.
func lineHashes(text []byte) map[int]string {
	units, starts := hashUnits(text)
	weight := uint64(1) // of the unit that leaves the window
	for range hashWindow {
		weight *= 37
	}
	at := func(i int) uint64 {
		if i < len(units) {
			return uint64(units[i])
		}
		return 0
	}
	out := make(map[int]string, len(starts))
	seen := map[uint64]int{}
	var hash uint64
	end := 0 // hash covers the window that ends before unit end
	for line, start := range starts {
		for end < start+hashWindow {
			hash = hash*37 + at(end)
			if end >= hashWindow {
				hash -= weight * at(end-hashWindow)
			}
			end++
		}
		seen[hash]++
		out[line+1] = strconv.FormatUint(hash, 16) + ":" + strconv.Itoa(seen[hash])
	}
	return out
}

// hashUnits is what of a text is hashed, and where its lines start in it.
func hashUnits(text []byte) (units []uint16, starts []int) {
	lineStart, afterCR := true, false
	for _, u := range append(utf16.Encode([]rune(string(text))), 65535) {
		if u == ' ' || u == '\t' || afterCR && u == '\n' {
			afterCR = false
			continue
		}
		afterCR = u == '\r'
		if afterCR {
			u = '\n'
		}
		if lineStart {
			starts = append(starts, len(units))
		}
		lineStart = u == '\n'
		units = append(units, u)
	}
	return units, starts
}

// lineHash is the hash of one line; "" when the file has no such line.
func (b *builder) lineHash(f *source.File, line int) string {
	hashes, ok := b.hashes[f.Name]
	if !ok {
		hashes = lineHashes(f.Bytes)
		b.hashes[f.Name] = hashes
	}
	return hashes[line]
}
