package checks

import (
	"fmt"
	"path"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// trustConditions asks the trust policies for the conditions that the project's
// settings require of them, for IV201.
func trustConditions(p *analyzer.Pass) error {
	if len(p.Settings.TrustConditions) == 0 {
		return nil
	}
	guards := organization.ResourceGuards(p.Model)
	for i := range p.Settings.TrustConditions {
		required := &p.Settings.TrustConditions[i]
		for _, role := range p.Model.Roles {
			if role.Trust == nil || role.Resource.Deleted() || role.Attribute.Missing() {
				continue
			}
			c := trustConditionCheck{pass: p, required: required, role: role, guards: guards}
			if err := c.decide(); err != nil {
				return err
			}
		}
	}
	return nil
}

type trustConditionCheck struct {
	pass     *analyzer.Pass
	required *settings.TrustCondition
	role     *identity.Role
	result   proof.RequiredResult
	guards   []organization.ResourceGuard // of the scan
}

// callerKinds are the words of the settings for kinds of callers.
var callerKinds = map[string]policy.CallerKind{"user": policy.UserCaller, "role": policy.RoleCaller}

func (c *trustConditionCheck) asked() proof.Asked {
	out := proof.Asked{Except: c.required.ExceptAccounts}
	for _, k := range c.required.Principals {
		out.Kinds = append(out.Kinds, callerKinds[k])
	}
	return out
}

func (c *trustConditionCheck) requires(doc *policy.Document, rcps []*policy.Document) (proof.RequiredResult, error) {
	return proof.Requires(doc, c.required.Required, c.asked(), proof.SessionNameOptions{Account: c.role.Account(), RCPs: rcps, Now: c.pass.Now})
}

// underGuards is the verdict under the resource control policies of the account.
func (c *trustConditionCheck) underGuards() organization.GuardedTrust {
	return organization.UnderGuards(c.guards, c.role.Account(), func(rcps []*policy.Document) (proof.Verdict, []value.Reason) {
		r, err := c.requires(c.role.Trust, rcps)
		if err != nil {
			return proof.Violated, nil // decide has told it
		}
		if r.Verdict == proof.Violated {
			c.result.Witness = r.Witness // gets through both
		}
		return r.Verdict, r.Needs
	})
}

func (c *trustConditionCheck) decide() error {
	applies := c.applies()
	if applies == value.No {
		return nil
	}
	type answer struct {
		proof.RequiredResult
		error
	}
	// Conditions of one file are told apart by where they stand.
	key := fmt.Sprintf("%s\x00condition %d\x00%s", c.role.Account(), c.required.Span.Start, value.Key(c.role.Attribute))
	a := analyzer.Remember(c.pass.Memo, key, func() answer {
		r, err := c.requires(c.role.Trust, nil)
		return answer{r, err}
	})
	if a.error != nil {
		return a.error
	}
	c.result = a.In(c.role.Trust)
	violated := c.result.Verdict == proof.Violated
	if violated {
		if g := c.underGuards(); g.Verdict == proof.Undetermined {
			c.undetermined(g.Needs)
			return nil
		} else if g.Verdict != proof.Violated {
			return nil
		}
	}
	switch {
	case c.result.Verdict == proof.Undetermined:
		c.undetermined(c.result.Needs)
	case violated && applies == value.Maybe:
		c.undetermined(value.Needs("the name of "+c.role.Resource.Address, c.role.Resource.Header, c.role.Resource.Attr("name"), c.role.Resource.Attr("name_prefix")))
	case violated && c.role.Resource.Exists == value.Maybe:
		c.undetermined(c.role.Resource.Why)
	case violated:
		c.violated()
	}
	return nil
}

// applies says whether the condition is asked of the role, by its name.
func (c *trustConditionCheck) applies() value.Tri {
	name := roleNames(c.role)
	in := func(list []string) value.Tri {
		out := value.No
		for _, glob := range list {
			pattern := policy.Glob(strings.ToLower(glob))
			switch {
			case pattern.Covers(name) == value.Yes:
				return value.Yes
			case pattern.Intersects(name) != value.No:
				out = value.Maybe
			}
		}
		return out
	}
	asked := value.Yes
	if len(c.required.Roles) > 0 {
		asked = in(c.required.Roles)
	}
	return asked.And(in(c.required.ExceptRoles).Not())
}

// roleNames are the names that a role may turn out to have, in lower case.
func roleNames(r *identity.Role) policy.Pattern {
	name, more := r.Resource.Attr("name"), ""
	switch prefix := r.Resource.Attr("name_prefix"); {
	case r.Resource.Type == "awscc_iam_role":
		name = r.Resource.Attr("role_name")
	case !name.Missing():
	case !prefix.Missing():
		name, more = prefix, "*"
	default:
		return policy.Glob("terraform-*") // what the provider calls it
	}
	parts, ok := name.AsParts()
	if !ok || name.Missing() {
		return policy.Glob("*")
	}
	text := ""
	for _, p := range parts {
		if p.Hole != nil {
			text += "*"
		} else {
			text += strings.NewReplacer("*", "", "?", "").Replace(p.Text.String)
		}
	}
	return policy.Glob(strings.ToLower(text + more))
}

// finding is what all verdicts share.
func (c *trustConditionCheck) finding() *analyzer.Finding {
	question := "trust-condition " + c.required.String()
	f := trustFinding(c.role, c.result.Statements, c.span())
	f.Severity, f.Defect, f.Question = analyzer.Medium, question, question
	if s, ok := analyzer.ParseSeverity(c.required.Severity); ok {
		f.Severity, f.Pinned = s, true
	}
	if !strings.HasPrefix(c.required.Span.File.Name, "..") && !path.IsAbs(c.required.Span.File.Name) {
		f.Related = append(f.Related, analyzer.Related{Message: "the settings require it", Span: c.required.Span})
	}
	return f
}

// span is the condition on the key in the statement at fault, else the first line
// of that, else the attribute.
func (c *trustConditionCheck) span() source.Span {
	for _, s := range c.result.Statements {
		if cond := conditionOn(s, c.required.Key); cond != nil {
			return cond.OperatorSpan().Or(cond.Span())
		}
		if span := s.Span(); !span.IsZero() {
			return span.FirstLine()
		}
	}
	return c.role.Resource.AttributeSpan(c.role.TrustAttribute())
}

// condition is what is required, in words, and where that is said.
func (c *trustConditionCheck) condition() string {
	var values []string
	for _, v := range c.required.Values {
		values = append(values, "'"+v+"'")
	}
	return fmt.Sprintf("%s %s %s, which %s:%d requires", c.required.Operator, c.required.Key, strings.Join(values, " or "),
		path.Base(c.required.Span.File.Name), c.required.Span.StartPos().Line)
}

func (c *trustConditionCheck) because() string {
	if c.required.Message == "" {
		return ""
	}
	return " " + c.required.Message
}

func (c *trustConditionCheck) undetermined(why []value.Reason) {
	f := c.finding()
	f.Needs, f.Defect = why, "unknown "+f.Defect
	f.Message = fmt.Sprintf("Whether '%s' can be assumed without the condition %s, depends on a value that is not known.%s", c.role.Resource.Address, c.condition(), c.because())
	if len(f.Needs) == 0 {
		f.Needs = value.Needs("the trust policy of "+c.role.Resource.Address, f.Span, c.role.Attribute)
	}
	if len(c.result.Statements) == 0 {
		f.Span = unknownPlace(c.role, c.required.Key, f.Needs, f.Span)
	}
	c.pass.Report(f)
}

func (c *trustConditionCheck) violated() {
	f := c.finding()
	f.Verdict, f.Witness = analyzer.Violation, witness(c.result.Witness)
	statement := "its trust policy"
	if len(c.result.Statements) > 0 {
		statement = proof.StatementName(c.result.Statements[0])
	}
	f.Message = fmt.Sprintf("'%s' can be assumed without the condition %s: %s admits %s.%s", c.role.Resource.Address, c.condition(), statement, whoIn(c.result.Statements, false), c.because())
	f.Offer = (&fixes.TrustCondition{
		Required: c.required, Role: c.role,
		Requires: func(doc *policy.Document) (proof.RequiredResult, error) { return c.requires(doc, nil) },
	}).Fixes
	c.pass.Report(f)
}
