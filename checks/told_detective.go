package checks

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// Resources that IV401 looks at: what sets an account up, and rules of AWS Config.
var (
	baselineTypes = []string{"aws_config_configuration_recorder", "aws_config_conformance_pack", "aws_config_organization_conformance_pack", "aws_cloudtrail", "aws_guardduty_detector"}
	ruleTypes     = []string{"aws_config_config_rule", "aws_config_organization_managed_rule"}
)

func tellDetective(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	base := baseline(p.Model.Roots)
	if base == nil {
		return inapplicable("Nothing here sets up the baseline of an account: no recorder or conformance pack of AWS Config, and no trail of all regions beside GuardDuty.")
	}
	found := configRules(p.Model.Roots)
	for _, f := range p.Found {
		if f.Resource == base {
			return answered(f, "It is of the same baseline as '%s'.", base.Address)
		}
	}
	if slices.Contains(ruleTypes, r.Type) {
		i := slices.IndexFunc(found.rules, func(rule configRule) bool { return rule.resource == r })
		if i < 0 {
			return inapplicable("It is no managed rule of AWS whose name is known.")
		}
		rule := found.rules[i]
		for _, w := range watches {
			if slices.Contains(w.rules, rule.identifier) {
				return at(compliant("It notices %s.", w.what), "the rule", rule.span(), "")
			}
		}
		return inapplicable("%s notices none of what this rule asks for.", upperFirst(ruleName(rule.identifier)))
	}
	t := compliant("Rules of AWS Config in this scan notice all that this rule asks for.")
	for _, w := range watches {
		i := slices.IndexFunc(found.rules, func(rule configRule) bool { return slices.Contains(w.rules, rule.identifier) })
		if i < 0 {
			return unexplained(proof.Violated, found.open)
		}
		t = at(t, ruleName(found.rules[i].identifier)+" notices "+w.what, found.rules[i].resource.Header, found.rules[i].resource.Address)
	}
	return t
}
