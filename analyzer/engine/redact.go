package engine

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// redacted stands for a value that Terraform marks as sensitive.
const redacted = "(sensitive)"

// redact takes sensitive values out of what findings and gaps say: an external
// id that a witness carries, a name in a message. The source that an excerpt or
// a diff shows is in the repository already; where it may not be, see Withheld.
func redact(findings []*analyzer.Finding, gaps []source.Gap, hidden secrets) {
	clean := hidden.redactor()
	for _, f := range findings {
		f.Message = clean(f.Message)
		for i := range f.Instances {
			f.Instances[i].Message = clean(f.Instances[i].Message)
		}
		for i := range f.Related {
			f.Related[i].Message = clean(f.Related[i].Message)
		}
		f.Needs = slices.Clone(f.Needs)
		for i := range f.Needs {
			f.Needs[i].Text = clean(f.Needs[i].Text)
		}
		for _, fix := range f.Fixes {
			fix.Message = clean(fix.Message)
		}
		w := f.Witness
		if w == nil {
			continue
		}
		w.Principal, w.Resource, w.Words = clean(w.Principal), clean(w.Resource), clean(w.Words)
		context := map[string]string{}
		for k, v := range w.Context {
			context[k] = clean(v)
		}
		w.Context = context
	}
	for i := range gaps {
		gaps[i].Reason = clean(gaps[i].Reason)
	}
}

// Redactor takes every sensitive text in the model out of another.
func Redactor(model *identity.Model) func(string) string {
	hidden := secrets{}
	hidden.gather(model)
	return hidden.redactor()
}

// secrets are sensitive texts.
type secrets map[string]bool

// gather adds those of all that was looked at for a model.
func (s secrets) gather(model *identity.Model) {
	for _, r := range model.Looked {
		if r.Block != nil {
			gatherSecrets(r.Block, false, s)
		}
	}
}

// leastSecret is the length of a text that is looked for inside of others: of a shorter
// one, words are made.
const leastSecret = 4

// redactor is one walk over a text, however many secrets there are.
func (s secrets) redactor() func(string) string {
	sorted := slices.DeleteFunc(slices.Sorted(maps.Keys(s)), func(secret string) bool { return len(secret) < leastSecret })
	// Of a secret, the longest other one that it begins with; -1 for none.
	within := make([]int, len(sorted))
	begins := map[string]bool{}
	for i, secret := range sorted {
		for within[i] = i - 1; within[i] >= 0 && !strings.HasPrefix(secret, sorted[within[i]]); {
			within[i] = within[within[i]]
		}
		begins[secret[:leastSecret]] = true
	}
	// at is the length of the longest secret that the text begins with. It is that, or
	// one that it begins with, which comes last of those that are not behind the text.
	at := func(text string) int {
		if len(text) < leastSecret || !begins[text[:leastSecret]] {
			return 0
		}
		i, found := slices.BinarySearch(sorted, text)
		if !found {
			i--
		}
		for i >= 0 && !strings.HasPrefix(text, sorted[i]) {
			i = within[i]
		}
		if i < 0 {
			return 0
		}
		return len(sorted[i])
	}
	return func(text string) string {
		if s[text] {
			return redacted
		}
		if len(sorted) == 0 {
			return text
		}
		var out strings.Builder
		kept := 0 // up to here it is written
		for i := 0; i < len(text); i++ {
			end := i + at(text[i:])
			if end == i {
				continue
			}
			out.WriteString(text[kept:i] + redacted)
			// One that begins in another and ends behind it leaves nothing of itself.
			for i++; i < end; i++ {
				end = max(end, i+at(text[i:]))
			}
			kept, i = end, end-1
		}
		if kept == 0 {
			return text
		}
		out.WriteString(text[kept:])
		return out.String()
	}
}

// publicWords are what a policy says in any case: actions, effects, versions.
var publicWords = regexp.MustCompile(`^(\*|Allow|Deny|2012-10-17|2008-10-17|true|false|[a-z0-9-]+:[A-Za-z*?]+)?$`)

const longestPublic = 128 // of an action there is none that is as long

func public(text string) bool { return len(text) <= longestPublic && publicWords.MatchString(text) }

// structure is the object or list that a text is the JSON of; nil for another text.
func structure(v *value.Value, text string) *value.Value {
	if text = strings.TrimLeft(text, " \t\r\n"); text == "" || text[0] != '{' && text[0] != '[' {
		return nil
	}
	tree, err := value.DecodeJSON(v)
	if err != nil || !tree.IsMapping() && !tree.IsSequence() {
		return nil
	}
	return tree
}

// gatherSecrets collects the sensitive strings in a value. Where a whole text
// is marked and one piece of it too, the piece is meant.
func gatherSecrets(v *value.Value, inherited bool, into map[string]bool) {
	if v == nil {
		return
	}
	if v.JSON != nil {
		gatherSecrets(v.JSON, (inherited || v.Sensitive) && !marked(v.JSON), into)
		return
	}
	inherited = inherited || v.Sensitive
	if text, ok := v.Text(); ok && inherited {
		if tree := structure(v, text); tree != nil {
			gatherSecrets(tree, true, into)
		} else if !public(text) {
			into[text] = true
			gatherPieces(text, into)
		}
	}
	for _, p := range v.Parts {
		if p.Hole != nil {
			gatherSecrets(p.Hole, inherited, into)
		}
	}
	for _, e := range v.Elems {
		gatherSecrets(e, inherited, into)
	}
	for _, a := range v.Attrs {
		gatherSecrets(a.Value, inherited, into)
	}
}

// gatherPieces adds what messages take out of an ARN: the account, and the name
// at its end.
func gatherPieces(text string, into map[string]bool) {
	fields := strings.SplitN(text, ":", 6)
	if len(fields) < 6 || fields[0] != "arn" {
		return
	}
	if account := fields[4]; len(account) == 12 {
		into[account] = true
	}
	if i := strings.LastIndexByte(fields[5], '/'); i >= 0 && !public(fields[5][i+1:]) {
		into[fields[5][i+1:]] = true
	}
}

func marked(v *value.Value) bool {
	found := false
	v.Walk(func(w *value.Value) bool {
		found = found || w.Sensitive
		return !found
	})
	return found
}
