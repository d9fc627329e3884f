//go:build !windows

package main

import (
	"bytes"
	"context"
	"os"
	"syscall"
	"testing"
	"time"
)

// A signal ends what listens, and what does not; a second one at once. The status is
// that of the signal.
func TestSignals(t *testing.T) {
	for _, s := range []struct {
		signal syscall.Signal
		status int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}} {
		left := make(chan int, 1)
		listens := func(ctx context.Context) int {
			send(t, s.signal)
			<-ctx.Done()
			p := &program{stdout: &bytes.Buffer{}, stderr: &bytes.Buffer{}, dir: t.TempDir(), now: time.Now}
			return p.run(ctx, []string{"scan"})
		}
		if got := untilInterrupted(&bytes.Buffer{}, listens, func(int) {}); got != s.status {
			t.Errorf("%s: what listens ends with %d", s.signal, got)
		}
		deaf := func(ctx context.Context) int {
			send(t, s.signal)
			return <-left
		}
		if got := untilInterrupted(&bytes.Buffer{}, deaf, func(status int) { left <- status }); got != s.status {
			t.Errorf("%s: what does not listen ends with %d", s.signal, got)
		}
		twice := func(ctx context.Context) int {
			send(t, s.signal)
			<-ctx.Done()
			send(t, s.signal)
			return <-left
		}
		if got := untilInterrupted(&bytes.Buffer{}, twice, func(status int) { left <- status }); got != s.status {
			t.Errorf("%s: twice ends with %d", s.signal, got)
		}
	}
}

func send(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), s); err != nil {
		t.Fatal(err)
	}
}
