package engine

import (
	"context"
	"fmt"
	"sync"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// policyAttributes are the resources that hold a policy, and the attribute that it
// is.
var policyAttributes = [][2]string{
	{"aws_iam_role", "assume_role_policy"},
	{"awscc_iam_role", "assume_role_policy_document"},
	{"aws_organizations_policy", "content"},
	{"awscc_organizations_policy", "content"},
	{"aws_iam_policy", "policy"},
	{"aws_iam_user_policy", "policy"},
	{"aws_iam_group_policy", "policy"},
}

// A changedPolicy is a policy after fixes, and what it was before them: nil for one that
// is new.
type changedPolicy struct {
	resource *terraform.Resource // after
	was, now *value.Value
}

// changedPolicies are the policies that fixes may have changed.
func (a *analysis) changedPolicies(ctx context.Context, before *loaded, after *result) []changedPolicy {
	var out []changedPolicy
	for _, r := range after.roots {
		if before.roots[r] {
			continue
		}
		old := sync.OnceValue(func() *terraform.Root { return a.reopen(ctx, before, r.ID()) })
		for _, p := range policyAttributes {
			typ, attribute := p[0], p[1]
			was := sync.OnceValue(func() map[string]*terraform.Resource {
				byAddress := map[string]*terraform.Resource{}
				for _, r := range old().Resources(typ) {
					byAddress[r.Address] = r
				}
				return byAddress
			})
			for _, now := range r.Resources(typ) {
				if after.changed != nil && !after.changed(now) {
					continue
				}
				c := changedPolicy{resource: now, now: now.Attr(attribute)}
				if had := was()[now.Address]; had != nil {
					c.was = had.Attr(attribute)
				}
				out = append(out, c)
			}
		}
	}
	return out
}

// widens says what a policy allows, after fixes, that it did not allow before. A
// policy that is new may only deny.
func (a *analysis) widens(policies []changedPolicy) error {
	for _, p := range policies {
		if more := a.allowsMore(p.was, p.now); more != "" {
			return fmt.Errorf("%s allows more than before: %s", p.resource.Address, more)
		}
	}
	return nil
}

func (a *analysis) allowsMore(was, now *value.Value) string {
	before, after := value.Key(was), value.Key(now)
	if was != nil && before == after {
		return ""
	}
	return analyzer.Remember(a.memo, "wider\x00"+before+"\x00"+after, func() string { return wider(was, now) })
}

// wider is a request that a changed policy allows, and did not, or why it is not
// known that there is none; "" when there is none.
func wider(was, now *value.Value) string {
	after, err := policy.Parse(now)
	if err != nil {
		return "" // a gap, which is new
	}
	if was == nil {
		for _, s := range after.Statements {
			if s.Effect != policy.Deny {
				return "it is new, and has a statement that allows something"
			}
		}
		return ""
	}
	before, err := policy.Parse(was)
	if err != nil {
		return ""
	}
	switch c := proof.Narrower([]*policy.Document{before}, []*policy.Document{after}); c.Narrower {
	case value.No:
		return fmt.Sprintf("%s by %s", c.Request.Action, c.Request.Caller.ARN())
	case value.Maybe:
		return "that it does not cannot be shown, as " + c.Needs[0].Text
	}
	return ""
}
