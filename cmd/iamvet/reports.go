package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
)

// maxReport is how large what is said of one account may be: IAM has at most
// 5,000 users in one, with some 400 bytes each in a report, and 5,000 roles.
const maxReport = 256 << 20

// reports reads the files of a flag, each named as the findings in it will be:
// relative to the boundary, or by its whole path outside of it.
func (p *program) reports(flag string, names []string, boundary string) ([]*source.File, error) {
	var out []*source.File
	for _, name := range names {
		if name == "-" {
			b, err := io.ReadAll(io.LimitReader(p.stdin, maxReport))
			if err != nil {
				return nil, fmt.Errorf("%s -: %w", flag, err)
			}
			out = append(out, source.NewFile("<stdin>", b))
			continue
		}
		abs := p.abs(name)
		info, err := os.Stat(abs)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s %s: %s", flag, name, cause(err))
		case info.IsDir():
			return nil, fmt.Errorf("%s %s: it is a directory; name the files, or count over credential reports with iamvet audit", flag, name)
		case info.Size() > maxReport:
			return nil, fmt.Errorf("%s %s: it is larger than that of one account can be; iamvet audit reads credential reports of any size", flag, name)
		}
		b, err := p.read(name, maxReport)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %s", flag, name, cause(err))
		}
		if rel, err := filepath.Rel(boundary, abs); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			abs = rel
		}
		out = append(out, source.NewFile(filepath.ToSlash(abs), b))
	}
	return out, nil
}
