package checks

import (
	"github.com/iamvet/iamvet/analyzer"
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
