package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// interrupted is why a context ended: a signal.
type interrupted struct{ signal os.Signal }

func (i interrupted) Error() string { return "interrupted" }

// status is what a shell makes of a program that the signal ends.
func (i interrupted) status() int {
	if n, ok := i.signal.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return exitBroken
}

// grace is how long what runs has to end by itself after a signal: in a loop that
// does not look at its context, it would go on.
const grace = 500 * time.Millisecond

// untilInterrupted runs the program with a context that a signal ends. Without an
// end by itself, or with a second signal, leave is called with the status.
func untilInterrupted(stderr io.Writer, run func(context.Context) int, leave func(status int)) int {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case s := <-signals:
			i := interrupted{s}
			cancel(i)
			select {
			case <-done:
				return
			case <-signals:
			case <-time.After(grace):
			}
			fmt.Fprintln(stderr, "iamvet: interrupted")
			leave(i.status())
		case <-done:
		}
	}()
	return run(ctx)
}
