package analyzer

// Memo remembers answers by question, for the runs that verify fixes: each of
// them asks the same of everything that the fix did not touch. What is asked
// first, in the run that is reported, is always worked out.
type Memo struct {
	answers   map[string]any
	verifying bool
}

// Remember is the answer for a key, which has to hold all that the answer
// depends on.
func Remember[T any](m *Memo, key string, answer func() T) T {
	if a, ok := m.answers[key].(T); ok && m.verifying {
		return a
	}
	a := answer()
	if m.answers == nil {
		m.answers = map[string]any{}
	}
	m.answers[key] = a
	return a
}
