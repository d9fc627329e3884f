package proof

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A trust policy names the account that Terraform works in again and again:
// arn:aws:iam::${data.aws_caller_identity.current.account_id}:root. Whichever it
// is, it is one and the same everywhere, so that an example stands for it.

// maxAccounts bounds the accounts that an unknown one is tried as.
// Each is a decision of the whole policy. With more of them the account stays unknown.
const maxAccounts = 20

// decideTrust decides a trust policy in the partition given or in the one that
// it names, with an example for an account that is not known. It might as well
// be one that the policy names: where the verdict would be another then, it
// stays unknown.
func decideTrust[R any](doc *policy.Document, opt SessionNameOptions, q trustQuestion[R]) R {
	var local localized
	s := caseSplit[R]{
		kind: func(i int) policy.Kind {
			if i > 0 {
				return policy.RCP
			}
			return policy.Trust
		},
		class: func(r R) int { return settled(q.verdict(r)) },
		needs: q.needs, undecided: q.undecided, both: q.both, left: maxDecisions, local: &local,
		decide: func(docs []*policy.Document) R {
			with := opt
			with.RCPs = docs[1:]
			return decideOneTrust(docs[0], with, q)
		},
	}
	return q.original(s.whole(append([]*policy.Document{orUnknown(doc)}, opt.RCPs...)), &local)
}

// A trustQuestion is what is asked about a trust policy.
type trustQuestion[R any] struct {
	decide  func(*policy.Document, SessionNameOptions) R
	verdict func(R) Verdict
	// needs, undecided and both are those of a caseSplit.
	needs     func(R) []value.Reason
	undecided func([]value.Reason, R) R
	both      func(a, b R) R
	// original brings a result back to what is written.
	original func(R, *localized) R
}

func decideOneTrust[R any](doc *policy.Document, opt SessionNameOptions, q trustQuestion[R]) R {
	var local localized
	doc = local.trust(orUnknown(doc), opt)
	var results []R
	for _, example := range exampleAccounts(doc, opt) {
		with := opt
		with.example = example
		r := q.decide(local.filled(doc, func(v *value.Value) (string, bool) { return example, v.Same != "" }), with)
		if len(results) > 0 && q.verdict(r) != q.verdict(results[0]) {
			results = nil
			break
		}
		results = append(results, r)
	}
	if len(results) == 0 {
		return q.original(q.decide(doc, opt), &local)
	}
	return q.original(results[0], &local)
}

// exampleAccounts are an account that a policy does not name, and those that it
// does, where exactly one account in it is not known and they are not too many.
func exampleAccounts(d *policy.Document, opt SessionNameOptions) []string {
	var unknown, named []string
	add := func(to *[]string, s string) {
		if s != "" && !slices.Contains(*to, s) {
			*to = append(*to, s)
		}
	}
	d.Value.Walk(func(v *value.Value) bool {
		add(&unknown, v.Same)
		for _, p := range v.Parts {
			if p.Hole != nil {
				add(&unknown, p.Hole.Same)
			}
			for _, account := range accountsOf(p.Text.String) {
				add(&named, account)
			}
		}
		return true
	})
	add(&named, opt.Account)
	if len(unknown) != 1 || len(named) >= maxAccounts {
		return nil
	}
	return append([]string{freshAccount(named)}, named...)
}
