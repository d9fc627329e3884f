package source

// Gap is something that could not be read or evaluated.
type Gap struct {
	Kind   GapKind
	Span   Span   // zero for what has no place in a file
	File   string // the file it is about when Span is zero; may be ""
	Reason string
	// Class is what gaps of one sort are together, as a noun that continues "3
	// more"; "" for one that has no like. People need not read all of them.
	Class string
}

// GapKind says what a gap does to the exit status.
type GapKind int8

// Kinds of gaps: see design.md, "Gaps are output". A LimitGap is something
// that cannot be known from here; an ErrorGap is broken input.
const (
	LimitGap GapKind = iota
	ErrorGap
)

func (k GapKind) String() string { return [...]string{"limit", "error"}[k] }

// Place is the name of the file that the gap is about; "" for none.
func (g Gap) Place() string {
	if !g.Span.IsZero() {
		return g.Span.File.Name
	}
	return g.File
}
