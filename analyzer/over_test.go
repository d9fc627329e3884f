package analyzer_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/iamvet/iamvet/analyzer"
)

// Who judges many subjects hears that the run is over before the next, and not when all
// are judged.
func TestEachHearsThatTheRunIsOver(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := &analyzer.Pass{Context: ctx, Take: func(*analyzer.Finding) {}}
	var judged atomic.Int64
	p.Each(1000, func(*analyzer.Pass, int) {
		judged.Add(1)
		cancel()
	})
	if n := judged.Load(); n > int64(runtime.GOMAXPROCS(0)) {
		t.Errorf("%d subjects were judged after the end", n-1)
	}
	if !p.Over() {
		t.Error("nobody is told")
	}
	p.Context = nil
	p.Each(3, func(*analyzer.Pass, int) { judged.Add(1) })
	if p.Over() || judged.Load() < 4 {
		t.Error("a run without an end is over")
	}
}
