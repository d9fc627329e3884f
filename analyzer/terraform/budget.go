package terraform

import (
	"fmt"
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
	exceeded func(error) // may be nil
}

// MaxSteps is the budget of a run where nobody asks for another: some minutes of one
// core, and a thousand times what an estate of 500 root modules takes.
const MaxSteps int64 = 1_000_000_000

// NewBudget is a budget of so many steps. exceeded is told, once, that they were not
// enough; it may be nil.
func NewBudget(steps int64, exceeded func(error)) *Budget {
	return &Budget{limit: steps, exceeded: exceeded}
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

// Err is the error where the budget was not enough, so far; nil where it was.
func (b *Budget) Err() error {
	if b == nil || b.spent.Load() <= b.limit {
		return nil
	}
	return b.err()
}

func (b *Budget) err() error {
	return fmt.Errorf("evaluating all root modules takes more than %d steps together: scan fewer directories at once, or allow more with --max-steps", b.limit)
}
