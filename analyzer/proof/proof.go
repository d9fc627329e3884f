// Package proof decides universally quantified questions about policies: can
// root act without MFA, from an unknown network, can a role be assumed under
// somebody else's name?
//
// Every question becomes a search for the one request that breaks the property,
// over a finite set of cases derived from the documents at hand: callers, networks,
// actions, resources and values of condition keys, one for every region that the
// documents can tell apart. What several keys are functions of, such as a caller
// or a VPC endpoint, is made of parts that are told apart together. No account,
// name, network or date stands for all, but what the documents treat alike. What
// the search finds is the witness; when it finds nothing, the property is proven.
// Where only something unknown stands between the two, or there are more cases
// than the search may take, the answer is undetermined, with the reasons.
//
// Questions may be asked at the same time, about the same documents: they are only
// read. A document with something filled in, or one of its cases, is another one.
package proof

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Verdict is what a class means. The zero Verdict is Undetermined.
type Verdict int8

// The verdicts.
const (
	Undetermined Verdict = iota
	Violated
	Holds
	NotApplicable
)

func (v Verdict) String() string {
	return [...]string{"undetermined", "violated", "holds", "not applicable"}[v]
}

// Witness is a request that gets through. Replaying it gives the decision that
// the result claims, whatever the unknown parts of the documents turn out to be.
type Witness struct {
	Principal string              // an ARN, or "" when nothing more than Words is known of the caller
	Caller    string              // a service, an identity provider or anonymous, which have no ARN
	Action    string              // iam:CreateUser
	Resource  string              // "" when any
	Context   map[string]string   // the condition keys that matter and that the request carries
	Lists     map[string][]string // those of them that carry several values
	Absent    []string            // the keys that matter and that it does not carry, sorted
	Words     string              // the request in words, without a full stop
	Because   string              // why nothing stops it, likewise; may be ""

	// Request is the request itself, to replay: keys that it does not list are
	// absent from it.
	Request *policy.Request
}

// Level is one node on the path from the organization's root to an account.
type Level struct {
	Documents []*policy.Document
	// FullAccess says whether FullAWSAccess is attached to the node. AWS attaches
	// it to every node by itself, so the usual value is value.Yes.
	FullAccess value.Tri
}

// StatementName is how people find a statement: "statement 2 of scp.tf:14".
func StatementName(s *policy.Statement) string {
	name := fmt.Sprintf("statement %d", s.Index+1)
	span := s.Span()
	if span.IsZero() && s.Document != nil && s.Document.Value != nil {
		span = s.Document.Value.Span
	}
	if span.IsZero() {
		if s.Sid != "" {
			return fmt.Sprintf("%s (%s)", name, s.Sid)
		}
		return name
	}
	return fmt.Sprintf("%s of %s:%d", name, path.Base(span.File.Name), span.StartPos().Line)
}

// newWitness makes a witness of a request. It tells those of the keys (in
// lower case) that are not the same in every request of such a caller.
func newWitness(r *policy.Request, keys []string) *Witness {
	w := &Witness{Action: r.Action, Resource: r.Resource}
	if r.Caller != nil {
		w.Principal = r.Caller.ARN()
		switch r.Caller.Kind {
		case policy.ServiceCaller, policy.FederatedCaller:
			w.Caller = r.Caller.Name
		case policy.AnonymousCaller:
			w.Caller = "anonymous"
		}
	}
	replay := *r
	replay.Unlisted = policy.Absent
	w.Request = &replay
	for _, k := range sortedKeys(r.Context) {
		if slices.Contains(keys, k) && tells(r, k) {
			w.tell(k, r.Context[k])
		}
	}
	if id := r.Lookup("aws:userid"); slices.Contains(keys, "aws:userid") && id.Presence == policy.Known {
		w.tell("aws:userid", id)
	}
	slices.Sort(w.Absent)
	return w
}

// spell writes the beginning of keys as people do.
func (w *Witness) spell(from, to string) {
	for _, k := range sortedKeys(w.Context) {
		if rest, ok := strings.CutPrefix(k, from); ok {
			v := w.Context[k]
			delete(w.Context, k)
			w.Context[to+rest] = v
		}
	}
	for i, k := range w.Absent {
		if rest, ok := strings.CutPrefix(k, from); ok {
			w.Absent[i] = to + rest
		}
	}
}

func (w *Witness) tell(k string, v policy.ContextValue) {
	switch {
	case v.Presence == policy.Absent:
		w.Absent = append(w.Absent, spelled(k))
	case v.Presence != policy.Known:
	case v.Multi:
		if w.Lists == nil {
			w.Lists = map[string][]string{}
		}
		w.Lists[spelled(k)] = v.Values
		fallthrough
	default:
		if w.Context == nil {
			w.Context = map[string]string{}
		}
		w.Context[spelled(k)] = strings.Join(v.Values, ",")
	}
}

// reasonsOf collects why values are not known, each reason once.
func reasonsOf(values ...*value.Value) []value.Reason {
	var out []value.Reason
	for _, v := range values {
		for _, r := range v.AllWhy() {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

func addReasons(to []value.Reason, more ...value.Reason) []value.Reason {
	for _, r := range more {
		if !slices.Contains(to, r) {
			to = append(to, r)
		}
	}
	return to
}

func reason(span source.Span, format string, args ...any) value.Reason {
	return value.Reason{Text: fmt.Sprintf(format, args...), Span: span}
}
