package source

// Edit replaces the bytes of Span by New. An empty Span inserts.
type Edit struct {
	Span Span
	New  string
}
