package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
)

// maxReport is how large a credential report of one account may be: IAM has at
// most 5,000 users in one, with some 400 bytes each.
const maxReport = 256 << 20

// reports reads the credential reports, each named as the findings in it will
// be: relative to the boundary, or by its whole path outside of it.
func (p *program) reports(names []string, boundary string) ([]*source.File, error) {
	var out []*source.File
	for _, name := range names {
		if name == "-" {
			b, err := io.ReadAll(io.LimitReader(p.stdin, maxReport))
			if err != nil {
				return nil, fmt.Errorf("--credential-report -: %w", err)
			}
			out = append(out, source.NewFile("<stdin>", b))
			continue
		}
		abs := p.abs(name)
		info, err := os.Stat(abs)
		switch {
		case err != nil:
			return nil, fmt.Errorf("--credential-report %s: %w", name, err)
		case info.IsDir():
			return nil, fmt.Errorf("--credential-report %s: it is a directory; name the files, or count over all of them with iamvet audit", name)
		case info.Size() > maxReport:
			return nil, fmt.Errorf("--credential-report %s: it is larger than a report of one account can be; iamvet audit reads reports of any size", name)
		}
		b, err := os.ReadFile(abs)
		if err != nil {
			return nil, fmt.Errorf("--credential-report %s: %w", name, err)
		}
		if rel, err := filepath.Rel(boundary, abs); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			abs = rel
		}
		out = append(out, source.NewFile(filepath.ToSlash(abs), b))
	}
	return out, nil
}
