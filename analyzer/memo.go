package analyzer

import (
	"crypto/sha256"
	"slices"
	"sync"
)

// Memo remembers answers by question. Many roles have equal policies, and the runs
// that verify fixes ask the same of everything that a fix did not touch. In the run
// that is reported, only an answer that is Placeless is given for an equal question:
// the places that others hold are those of whoever asked first.
type Memo struct {
	*memory
	verifying bool
}

type memory struct {
	mu      sync.Mutex
	answers map[[sha256.Size]byte]any
	found   map[string][]*Finding // by About
}

// NewMemo is a memo that nothing was asked of.
func NewMemo() *Memo {
	return &Memo{memory: &memory{answers: map[[sha256.Size]byte]any{}, found: map[string][]*Finding{}}}
}

// Verifying is the same memory for the runs that verify fixes, where it answers all
// that was asked before. It keeps no Detached answer: what a fix makes of a policy is
// asked once.
func (m *Memo) Verifying() *Memo { return &Memo{m.memory, true} }

// Placeless is an answer that may say that it holds no place in a file but those that
// whoever asks puts right.
type Placeless interface{ Placeless() bool }

// Detached is an answer that can be kept without what it was worked out from.
type Detached[T any] interface{ Detached() T }

// Remember is the answer for a key, which has to hold all that the answer
// depends on.
func Remember[T any](m *Memo, key string, answer func() T) T {
	sum := sha256.Sum256([]byte(key)) // keys are whole policies
	m.mu.Lock()
	known, ok := m.answers[sum].(T)
	m.mu.Unlock()
	if ok && (m.verifying || placeless(known)) {
		return known
	}
	a := answer() // two who ask at once get the same
	kept := a
	if d, ok := any(a).(Detached[T]); ok {
		if m.verifying {
			return a
		}
		kept = d.Detached()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answers[sum] = kept
	return a
}

func placeless(answer any) bool {
	p, ok := answer.(Placeless)
	return ok && p.Placeless()
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
	p.Memo.found[key] = found
}
