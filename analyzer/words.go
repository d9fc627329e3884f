package analyzer

import (
	"sort"
	"strconv"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
)

// Sentence is the request in a sentence, for people: Words where the check has
// given any, else what String says.
func (w *Witness) Sentence() string {
	s := strings.TrimSpace(w.Words)
	if s == "" {
		s = w.String()
	}
	if s != "" && !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// String is the request as data, in one line:
// sts:AssumeRole by arn:… with sts:RoleSessionName = "x", without aws:username.
func (w *Witness) String() string {
	var b strings.Builder
	b.WriteString(w.Action)
	if w.Resource != "" {
		b.WriteString(" on " + w.Resource)
	}
	if w.Principal != "" {
		b.WriteString(" by " + w.Principal)
	}
	keys := make([]string, 0, len(w.Context))
	for k := range w.Context {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	separator := " with "
	for _, k := range keys {
		b.WriteString(separator + k + " = " + strconv.Quote(w.Context[k]))
		separator = ", "
	}
	if len(w.Absent) > 0 {
		if len(keys) > 0 {
			b.WriteString(",")
		}
		b.WriteString(" without " + strings.Join(w.Absent, ", "))
	}
	return strings.TrimSpace(b.String())
}

// Withheld says that the lines of a file around a finding are not to be shown:
// files of variable values often stay out of the repository, because they hold
// secrets, of which none may get into a report by standing next to something.
func Withheld(f *source.File) bool {
	name := strings.TrimSuffix(f.Name, ".json")
	return strings.HasSuffix(name, ".tfvars") || strings.HasSuffix(name, ".tofuvars")
}
