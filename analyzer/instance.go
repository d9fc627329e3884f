package analyzer

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer/terraform"
)

// Instance is one resource instance that has the defect.
type Instance struct {
	Root    string
	Address string
	Key     string // the end of Address: [0], ["eu"]
	Calls   []terraform.Call
	// Severity is how bad it is there: that of the finding is the worst of all, which
	// the first has.
	Severity Severity
	// Message is what is said of it, where that differs from what is said of the
	// first in more than the addresses; else "".
	Message string
}

// Block is the address of the block that it is an instance of.
func (i Instance) Block() string { return strings.TrimSuffix(i.Address, i.Key) }

// Lesser says that it is less bad at an instance than at the first.
func (f *Finding) Lesser(i Instance) bool {
	return len(f.Instances) > 0 && i.Severity < f.Instances[0].Severity
}

// Also names the instances of a finding besides the first, some of them where they
// are many: those that wanted picks. in says where the root of one is, when that is
// not the root of the first.
func (f *Finding) Also(in func(root string) string, wanted func(Instance) bool) string {
	const shown = 3
	var names []string
	more := 0
	for i, other := range f.Instances {
		switch {
		case i == 0 || !wanted(other):
			continue
		case len(names) == shown:
			more++
			continue
		}
		name := other.Address
		if other.Key != "" && other.Block() == f.Instances[0].Block() && len(names) > 0 {
			name = other.Key
		}
		if other.Root != f.Instances[0].Root {
			name += " in " + in(other.Root)
		}
		if f.Lesser(other) {
			name += " (" + other.Severity.String() + ")"
		}
		names = append(names, name)
	}
	if more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), more)
	}
	return strings.Join(names, ", ")
}

// EveryInstance is for Also.
func EveryInstance(Instance) bool { return true }
