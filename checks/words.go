package checks

import (
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// request is a proof's witness as a finding carries it whose message says why
// nothing stops it.
func request(w *proof.Witness) *analyzer.Witness {
	if w == nil {
		return nil
	}
	return &analyzer.Witness{Principal: w.Principal, Action: w.Action, Resource: w.Resource, Context: w.Context, Absent: w.Absent, Words: w.Words}
}

// witness is a proof's witness with why nothing stops it, for a finding whose
// message does not say that.
func witness(w *proof.Witness) *analyzer.Witness {
	out := request(w)
	if out != nil && w.Because != "" {
		out.Words += ": " + w.Because
	}
	return out
}

// statementText is a statement in canonical form, for fingerprints.
func statementText(s *policy.Statement) string {
	if s == nil {
		return ""
	}
	return value.Canonical(s.Value)
}

// assumptions are the variable defaults that a finding about these values, on
// this instance, rests on.
func assumptions(r *terraform.Resource, values ...*value.Value) []*value.Assumption {
	out := r.Assumptions
	for _, v := range values {
		if v != nil {
			out = value.MergeAssumptions(out, v.AllAssumptions())
		}
	}
	return out
}

// moment is a time as messages tell it.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// upperFirst begins a sentence; an address in quotes stays as it is.
func upperFirst(s string) string {
	return strings.ToUpper(s[:1]) + s[1:]
}

// credentialsBeside points at the credentials of a user beside passwords and
// access keys.
func credentialsBeside(m *identity.Model, u *identity.User, what string) []analyzer.Related {
	var out []analyzer.Related
	for _, c := range m.CredentialsOf(u) {
		out = append(out, analyzer.Related{Message: c.Kind + " of the user " + what, Span: c.Resource.Header, Address: c.Resource.Address})
	}
	return out
}

// through is the group by which a policy binds a user, behind the policy's name.
func through(a *identity.AttachedPolicy) string {
	if a.Group == nil {
		return ""
	}
	return ", through '" + a.Group.Resource.Address + "'"
}
