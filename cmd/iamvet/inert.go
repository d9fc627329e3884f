package main

import (
	"io"

	"github.com/iamvet/iamvet/analyzer/report"
)

// inertWriter is for whole lines, as on standard error: names of files, and what others
// say of them, are in much of what is written, and none of it is obeyed by a terminal or
// by a runner.
type inertWriter struct{ to io.Writer }

func (w inertWriter) Write(b []byte) (int, error) {
	if _, err := w.to.Write(report.Inert(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}
