package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// progress shows what is being done on standard error, when that is a terminal
// and the run takes longer than a second.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	what  string
	shown bool
	done  chan struct{}
}

func (p *program) startProgress() *progress {
	pr := &progress{w: p.status}
	if p.status == nil {
		pr.w = p.stderr
	}
	if !p.stderrTerminal {
		return pr
	}
	pr.done = make(chan struct{})
	go pr.show()
	return pr
}

func (p *progress) show() {
	wait := time.NewTimer(time.Second)
	defer wait.Stop()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	select {
	case <-p.done:
		return
	case <-wait.C:
	}
	for {
		p.mu.Lock()
		fmt.Fprintf(p.w, "\r\x1b[K%s…", p.what)
		p.shown = true
		p.mu.Unlock()
		select {
		case <-p.done:
			return
		case <-tick.C:
		}
	}
}

func (p *progress) stage(what string) {
	p.mu.Lock()
	p.what = what
	p.mu.Unlock()
}

func (p *progress) stop() {
	if p.done == nil {
		return
	}
	close(p.done)
	p.mu.Lock()
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.mu.Unlock()
}
