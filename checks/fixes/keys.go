package fixes

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// inactive sets keys Inactive, and no other: where a block makes further keys
// with count or for_each, an expression tells them apart; where it stands in a
// module whose calls make them, the status is an argument of the call. There are
// no edits where neither is possible.
func inactive(all, off []*identity.AccessKey) []source.Edit {
	var edits []source.Edit
	var done []source.Span
	among := map[*identity.AccessKey]bool{}
	for _, k := range off {
		among[k] = true
	}
	for _, k := range off {
		body := k.Resource.Body
		if body.IsZero() {
			return nil
		}
		if slices.Contains(done, body) {
			continue
		}
		done = append(done, body)
		var here, others []*identity.AccessKey
		for _, o := range all {
			switch {
			case !sameText(o.Resource.Body, body):
			case among[o]:
				here = append(here, o)
			case o.Active() != value.No && !o.Resource.Deleted():
				others = append(others, o)
			}
		}
		more, err := switchOff(here, others)
		if err != nil {
			return nil
		}
		edits = append(edits, more...)
	}
	return edits
}

// sameText says that two instances come from one block, which an edit changes for
// both. Files are told apart by name, since two roots may have read the same.
func sameText(a, b source.Span) bool {
	return !a.IsZero() && !b.IsZero() && a.File.Name == b.File.Name && a.Start == b.Start
}

// switchOff sets some of the keys of one block Inactive.
func switchOff(off, others []*identity.AccessKey) ([]source.Edit, error) {
	r := off[0].Resource
	if len(others) == 0 && !strings.Contains(r.Key, "?") {
		return edit.SetAttribute(r.Body, "status", edit.String("Inactive"))
	}
	if edits, err := throughCall(off, others); err == nil {
		return edits, nil
	}
	expr, err := statusExpression(off, others)
	if err != nil {
		return nil, err
	}
	return edit.SetAttribute(r.Body, "status", edit.Raw(expr))
}

var (
	inputReference = regexp.MustCompile(`^var\.([A-Za-z_][\w-]*)$`)
	simpleOperand  = regexp.MustCompile(`^("[^"$%\\]*"|[A-Za-z_][\w.\-]*)$`)
)

// throughCall sets the input of the module call that the status is: within the module
// an edit would reach the keys of all of its calls.
func throughCall(off, others []*identity.AccessKey) ([]source.Edit, error) {
	r := off[0].Resource
	status, _ := written(r, "status")
	input := inputReference.FindStringSubmatch(status)
	call := lastCall(r)
	if input == nil || call.IsZero() {
		return nil, fmt.Errorf("the status of '%s' is no input of its module", r.Address)
	}
	for _, k := range off {
		if !sameText(lastCall(k.Resource), call) {
			return nil, fmt.Errorf("several calls make '%s'", r.Address)
		}
	}
	for _, k := range others {
		if sameText(lastCall(k.Resource), call) {
			return nil, fmt.Errorf("the call of '%s' makes '%s' as well", r.Address, k.Resource.Address)
		}
	}
	return edit.SetAttribute(edit.EnclosingBlock(call, "module"), input[1], edit.String("Inactive"))
}

func lastCall(r *terraform.Resource) source.Span {
	if len(r.Calls) == 0 {
		return source.Span{}
	}
	return r.Calls[len(r.Calls)-1].Span
}

// written is the text of an attribute's expression; false when it is not there. Fixes
// that build on an expression need it as it is written: its value is that of one
// instance, and the block may make many.
func written(r *terraform.Resource, name string) (string, bool) {
	if r.Block == nil {
		return "", false
	}
	for _, a := range r.Block.Attrs {
		if key, _ := a.Key(); key == name {
			return strings.TrimSpace(a.Expr.Text()), true
		}
	}
	return "", false
}

// statusExpression is a status that is Inactive for some instances of a block,
// and for the others what it was.
func statusExpression(off, others []*identity.AccessKey) (string, error) {
	r := off[0].Resource
	var keys []string
	for _, k := range off {
		key, ok := strings.CutPrefix(k.Resource.Key, "[")
		if key = strings.TrimSuffix(key, "]"); !ok || key == "?" || strings.ContainsAny(key, "$%\\") {
			return "", fmt.Errorf("the instance key of '%s' is not known", k.Resource.Address)
		}
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, k := range others {
		if k.Resource.Key == "" || strings.Contains(k.Resource.Key, "?") || slices.Contains(keys, strings.Trim(k.Resource.Key, "[]")) {
			return "", fmt.Errorf("'%s' cannot be told from '%s'", k.Resource.Address, r.Address)
		}
	}
	otherwise, there := written(r, "status")
	switch {
	case !there:
		otherwise = `"Active"`
	case strings.Contains(otherwise, "\n"):
		return "", fmt.Errorf("the status of '%s' stands on several lines", r.Address)
	case !simpleOperand.MatchString(otherwise):
		otherwise = "(" + otherwise + ")"
	}
	which := "each.key"
	if !strings.HasPrefix(keys[0], `"`) {
		which = "count.index"
	}
	if len(keys) == 1 {
		return fmt.Sprintf(`%s == %s ? "Inactive" : %s`, which, keys[0], otherwise), nil
	}
	return fmt.Sprintf(`contains([%s], %s) ? "Inactive" : %s`, strings.Join(keys, ", "), which, otherwise), nil
}

func dirOf(name string) string { return name[:strings.LastIndexByte(name, '/')+1] }

// Deactivate sets the key Inactive, and no other key that the block makes. A key of the
// root user is stopped whoever has it; one of a user only where nobody gets it.
func Deactivate(m *identity.Model, key *identity.AccessKey) *analyzer.Fix {
	edits := inactive(m.Keys, []*identity.AccessKey{key})
	if len(edits) == 0 {
		return nil
	}
	fix := &analyzer.Fix{
		Message: "set the key Inactive, so that it lets nobody in; deleting it, with everything that reads it, is better",
		Grade:   analyzer.Narrowing, Edits: edits,
	}
	if by := handedOn([]*identity.AccessKey{key}); key.Owner != nil && by != "" {
		fix.Grade, fix.Message = analyzer.Draft, onceUnused(by)
	}
	return fix.Leaves(analyzer.Low)
}

// onceUnused is the message of a draft that stops a key which somebody gets.
func onceUnused(by string) string {
	return "set the key Inactive once nothing uses it, which '" + by + "' hands on; deleting it, with everything that reads it, is better"
}

// WithdrawKey sets the keys of a block that came with a password Inactive, and
// drafts the removal of one.
func WithdrawKey(m *identity.Model, key *identity.AccessKey, beside []*identity.AccessKey) []*analyzer.Fix {
	var out []*analyzer.Fix
	if edits := inactive(m.Keys, beside); len(edits) > 0 {
		fix := &analyzer.Fix{Message: "set the key Inactive until its owner asks for it; deleting it, with everything that reads it, is better", Grade: analyzer.Narrowing, Edits: edits}
		if by := handedOn(beside); by != "" {
			fix.Grade, fix.Message = analyzer.Draft, onceUnused(by)
		}
		out = append(out, fix.Leaves(analyzer.Low))
	}
	if fix := RemoveKey(m, key); fix != nil {
		out = append(out, fix)
	} else if fix := wholeBlock(key); len(out) == 0 && fix != nil {
		out = append(out, fix)
	}
	return out
}

// ReplaceKey drafts the removal of the key of a program, which needs a role then; where
// people have to say what becomes of what reads it, the step before that.
func ReplaceKey(m *identity.Model, key *identity.AccessKey) []*analyzer.Fix {
	if fix := RemoveKey(m, key); fix != nil {
		return []*analyzer.Fix{fix}
	}
	if key.Active() == value.No {
		return nil
	}
	fix := &analyzer.Fix{Message: "set the key Inactive once what uses it has a role, and delete it when nothing misses it", Edits: inactive(m.Keys, []*identity.AccessKey{key})}
	if len(fix.Edits) == 0 {
		if fix = wholeBlock(key); fix == nil {
			return nil
		}
	}
	return []*analyzer.Fix{fix.Leaves(analyzer.Low)}
}

// wholeBlock drafts that all keys of a block are set Inactive, where nothing tells one of
// them from those of other calls of its module.
func wholeBlock(key *identity.AccessKey) *analyzer.Fix {
	body := key.Resource.Body
	if body.IsZero() {
		return nil
	}
	edits, err := edit.SetAttribute(body, "status", edit.String("Inactive"))
	if err != nil {
		return nil
	}
	message := fmt.Sprintf("set all keys that '%s.%s' makes Inactive once what uses them has a role, and delete them when nothing misses them", key.Resource.Type, key.Resource.Name)
	return (&analyzer.Fix{Message: message, Edits: edits}).Leaves(analyzer.Low)
}

// SetInactive is the fix of keys that are too many: all but the first. What the
// same blocks make too many of for other users (excess, by block) goes with them, so
// that one expression tells them all. It is a draft where one of them is handed on.
func SetInactive(m *identity.Model, more []*identity.AccessKey, excess map[source.Span][]*identity.AccessKey) []*analyzer.Fix {
	var off []*identity.AccessKey
	done := map[source.Span]bool{}
	for _, k := range more {
		if body := k.Resource.Body; !done[body] {
			done[body] = true
			off = append(off, excess[body]...)
		}
	}
	sort.SliceStable(off, func(i, j int) bool { return off[i].Resource.Address < off[j].Resource.Address })
	edits := inactive(m.Keys, off)
	if len(edits) == 0 {
		return nil
	}
	fix := &analyzer.Fix{
		Message: "set the later key Inactive, if the first is the one in use; delete it once nothing misses it",
		Grade:   analyzer.Narrowing, Edits: edits,
	}
	if len(off) > 1 {
		fix.Message = "set all keys of a user but the first Inactive, if that is the one in use; delete them once nothing misses them"
	}
	if by := handedOn(off); by != "" {
		fix.Grade = analyzer.Draft
		fix.Message += "; '" + by + "' hands one of them on, so find out first which is in use"
	}
	return []*analyzer.Fix{fix}
}
