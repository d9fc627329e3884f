package analyzer

import (
	"slices"
	"sync"
)

// Memo remembers answers by question, for the runs that verify fixes: each of
// them asks the same of everything that the fix did not touch. What is asked
// first, in the run that is reported, is always worked out.
type Memo struct {
	mu        sync.Mutex
	answers   map[string]any
	found     map[string][]*Finding // by About
	verifying bool
}

// Answer makes the memo answer what it was asked before: the run that is reported is
// over, and fixes are verified.
func (m *Memo) Answer() { m.verifying = true }

// Remember is the answer for a key, which has to hold all that the answer
// depends on.
func Remember[T any](m *Memo, key string, answer func() T) T {
	m.mu.Lock()
	known, ok := m.answers[key].(T)
	m.mu.Unlock()
	if ok && m.verifying {
		return known
	}
	a := answer() // two who ask at once get the same
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.answers == nil {
		m.answers = map[string]any{}
	}
	m.answers[key] = a
	return a
}

// About judges something on its own. key has to hold all that the findings
// depend on: in the runs that verify fixes, what was found for an equal one is
// found again, and judge not called.
func (p *Pass) About(key string, judge func()) {
	key = p.Check.ID + "\x00" + key
	if p.Memo.verifying {
		p.Memo.mu.Lock()
		found, known := p.Memo.found[key]
		p.Memo.mu.Unlock()
		for _, f := range found {
			again := *f
			p.Report(&again)
		}
		if !known {
			judge()
		}
		return
	}
	outer := p.Take
	defer func() { p.Take = outer }()
	var found []*Finding
	p.Take = func(f *Finding) {
		outer(f)
		kept := *f
		kept.Related, kept.Needs = slices.Clip(f.Related), slices.Clip(f.Needs)
		found = append(found, &kept)
	}
	judge()
	p.Memo.mu.Lock()
	defer p.Memo.mu.Unlock()
	if p.Memo.found == nil {
		p.Memo.found = map[string][]*Finding{}
	}
	p.Memo.found[key] = found
}
