package terraform

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
)

// Budget is how many steps of evaluation all root modules of a run may take together,
// those that are loaded again to try fixes included. Each has a bound of its own, but
// a repository may hold any number of them. Nil has no end.
//
// What goes over the bound of one root is unknown, and the rest is decided. Here the
// run has no result: which roots were evaluated before the budget was used up depends on
// the order of work, and a result must not.
type Budget struct {
	limit    int64
	spent    atomic.Int64
	bytes    int64 // the limit of what functions work over; 0 for none
	worked   atomic.Int64
	late     chan struct{} // closed when the time is over
	expire   sync.Once
	exceeded func(error) // may be nil
}

// MaxSteps is the budget of a run where nobody asks for another: some minutes of one
// core, and a thousand times what an estate of 500 root modules takes.
const MaxSteps int64 = 1_000_000_000

// RootsOfBytes is how many root modules may come up to their bound of bytes.
const RootsOfBytes = 200

// NewBudget is a budget of so many steps, and of so many bytes that functions work over.
// exceeded is told, once, that they were not enough; it may be nil.
func NewBudget(steps, bytes int64, exceeded func(error)) *Budget {
	return &Budget{limit: steps, bytes: bytes, exceeded: exceeded, late: make(chan struct{})}
}

// How many steps an evaluator takes of the budget at a time: for each expression all
// cores would wait for each other. It takes few at first, for most fixes are tried with few.
const (
	spendAtFirst = 32
	spendAtOnce  = 1024
)

// spend is false where the budget was not enough.
func (b *Budget) spend(steps int64) bool {
	if b == nil {
		return true
	}
	spent := b.spent.Add(steps)
	if spent > b.limit && spent-steps <= b.limit && b.exceeded != nil {
		b.exceeded(b.err())
	}
	return spent <= b.limit
}

// Expire says that the time of the run is over: what is not evaluated yet is unknown.
func (b *Budget) Expire() { b.expire.Do(func() { close(b.late) }) }

// Late says that the time is over.
func (b *Budget) Late() bool {
	if b == nil {
		return false
	}
	select {
	case <-b.late:
		return true
	default:
		return false
	}
}

// Until is a context that ends with the time.
func (b *Budget) Until(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if b != nil {
		go func() {
			select {
			case <-b.late:
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	return ctx, cancel
}

// OutOfTime are the gaps of a run whose time was over.
const OutOfTime = "root modules that were not evaluated to their end: the time of --timeout was over"

// spendBytes is false where the budget was not enough.
func (b *Budget) spendBytes(n int64) bool {
	if b == nil || b.bytes == 0 {
		return true
	}
	worked := b.worked.Add(n)
	if worked > b.bytes && worked-n <= b.bytes && b.exceeded != nil {
		b.exceeded(b.errBytes())
	}
	return worked <= b.bytes
}

// Err is the error where the budget was not enough, so far; nil where it was.
func (b *Budget) Err() error {
	switch {
	case b == nil:
		return nil
	case b.spent.Load() > b.limit:
		return b.err()
	case b.bytes > 0 && b.worked.Load() > b.bytes:
		return b.errBytes()
	}
	return nil
}

func (b *Budget) errBytes() error {
	return fmt.Errorf("functions of all root modules work over more than %d bytes together: scan fewer directories at once, or allow more with --max-bytes, of which this is %d times", b.bytes, RootsOfBytes)
}

func (b *Budget) err() error {
	return fmt.Errorf("evaluating all root modules takes more than %d steps together: scan fewer directories at once, or allow more with --max-steps", b.limit)
}
