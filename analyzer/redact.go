package analyzer

import (
	"regexp"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/value"
)

// redacted stands for a value that Terraform marks as sensitive.
const redacted = "(sensitive)"

// redact takes sensitive values out of what findings say: an external id that
// a witness carries, a name in a message. The source that an excerpt or a diff
// shows is in the repository already.
func redact(findings []*Finding, model *identity.Model) {
	secrets := map[string]bool{}
	for _, r := range model.Looked {
		if r.Block != nil {
			gatherSecrets(r.Block, false, secrets)
		}
	}
	if len(secrets) == 0 {
		return
	}
	var list []string
	for s := range secrets {
		list = append(list, s)
	}
	// The longest first, so that no secret is left as the rest of another.
	sort.Slice(list, func(i, j int) bool {
		if len(list[i]) != len(list[j]) {
			return len(list[i]) > len(list[j])
		}
		return list[i] < list[j]
	})
	clean := func(s string) string {
		if secrets[s] {
			return redacted
		}
		for _, secret := range list {
			if len(secret) >= 4 {
				s = strings.ReplaceAll(s, secret, redacted)
			}
		}
		return s
	}
	for _, f := range findings {
		f.Message = clean(f.Message)
		for i := range f.Related {
			f.Related[i].Message = clean(f.Related[i].Message)
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
}

// publicWords are what a policy says in any case: actions, effects, versions.
var publicWords = regexp.MustCompile(`^(\*|Allow|Deny|2012-10-17|2008-10-17|true|false|[a-z0-9-]+:[A-Za-z*?]+)?$`)

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
		if tree, err := value.DecodeJSON(v); err == nil && (tree.IsMapping() || tree.IsSequence()) {
			gatherSecrets(tree, true, into)
		} else if !publicWords.MatchString(text) {
			into[text] = true
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

func marked(v *value.Value) bool {
	found := false
	v.Walk(func(w *value.Value) bool {
		found = found || w.Sensitive
		return !found
	})
	return found
}
