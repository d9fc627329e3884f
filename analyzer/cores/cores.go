// Package cores does on all cores what does not depend on each other.
package cores

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls do with every index below n, on as many goroutines as Go runs at once,
// in no order. Whoever writes results by index has them in order, whatever the number
// of cores.
//
// Where calls panic, Each panics in its caller's goroutine, with the *Panic of the
// lowest index: what is lost by it is the same on one core and on many.
func Each(n int, do func(i int)) {
	workers := min(runtime.GOMAXPROCS(0), n)
	if workers <= 1 {
		for i := range n {
			if p := caught(do, i); p != nil {
				panic(p)
			}
		}
		return
	}
	var (
		next   atomic.Int64 // the index after those that are taken
		mu     sync.Mutex
		first  *Panic
		at     = n
		all    sync.WaitGroup
		before = func(i int) bool { mu.Lock(); defer mu.Unlock(); return i < at }
	)
	for range workers {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || !before(i) {
					return
				}
				if p := caught(do, i); p != nil {
					mu.Lock()
					if i < at {
						first, at = p, i
					}
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	if first != nil {
		panic(first)
	}
}

// A Panic is one that was met in another goroutine, or may have been.
type Panic struct {
	Value any
	// Index is of the call of Each.
	Index int
	// Callers are the program counters of the goroutine that panicked, innermost
	// first, as runtime.Callers gives them.
	Callers []uintptr
}

// String is for the run that lets panics through: what happened, and where.
func (p *Panic) String() string {
	out := fmt.Sprint(p.Value)
	frames := runtime.CallersFrames(p.Callers)
	for more := len(p.Callers) > 0; more; {
		var f runtime.Frame
		f, more = frames.Next()
		out += fmt.Sprintf("\n\t%s\n\t\t%s:%d", f.Function, f.File, f.Line)
	}
	return out
}

// Error makes Go print a panic that nobody recovers in full.
func (p *Panic) Error() string { return p.String() }

func caught(do func(int), i int) (p *Panic) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Panic: // of an Each inside
			p = &Panic{r.Value, i, r.Callers}
		default:
			callers := make([]uintptr, 200)
			p = &Panic{r, i, callers[:runtime.Callers(2, callers)]}
		}
	}()
	do(i)
	return nil
}

// Once is work that is done by whoever asks first, and that others wait for. Where it
// panics, all who ask panic with the *Panic of the first.
func Once[T any](work func() T) func() T {
	var (
		once  sync.Once
		made  T
		panic *Panic
	)
	return func() T {
		once.Do(func() { panic = caught(func(int) { made = work() }, 0) })
		if panic != nil {
			again(panic)
		}
		return made
	}
}

func again(p *Panic) { panic(p) }
