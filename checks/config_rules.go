package checks

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// configRule is an AWS Config rule that the scan sets up.
type configRule struct {
	resource   *terraform.Resource
	identifier string         // IAM_ROOT_ACCESS_KEY_CHECK
	days       int            // what its parameter says; 0 when it says nothing
	why        []value.Reason // the parameter is not known
}

// configRuleSet is all rules of a scan.
type configRuleSet struct {
	rules []configRule
	open  []value.Reason // why there may be others
}

func (s *configRuleSet) has(identifier string) bool {
	return slices.ContainsFunc(s.rules, func(r configRule) bool { return r.identifier == identifier })
}

func (s *configRuleSet) add(r *terraform.Resource, identifier *value.Value) {
	text, ok := identifier.Text()
	if !ok || r.Exists == value.Maybe {
		s.open = append(s.open, value.Needs("the rule of '"+r.Address+"'", r.Header, identifier)...)
		s.open = append(s.open, r.Why...)
		return
	}
	parameters, why := parametersOf(r)
	s.rules = append(s.rules, configRule{r, text, parameterDays(parameters), why})
}

// configRules collects the AWS Config rules of all roots: one root may manage
// the recorder, and another the rules.
func configRules(roots []*terraform.Root) *configRuleSet {
	s := &configRuleSet{}
	for _, root := range roots {
		for _, r := range standing(root, "aws_config_config_rule") {
			source := r.Attr("source").At(0)
			if owner, ok := source.Get("owner").Text(); ok && owner != "AWS" {
				continue
			}
			s.add(r, source.Get("source_identifier"))
		}
		for _, r := range standing(root, "aws_config_organization_managed_rule") {
			s.add(r, r.Attr("rule_identifier"))
		}
		for _, r := range standing(root, "aws_config_conformance_pack", "aws_config_organization_conformance_pack") {
			s.pack(r)
		}
		for _, r := range standing(root, "aws_controltower_control") {
			id := r.Attr("control_identifier").TextOr("")
			if _, rule, ok := strings.Cut(id, "AWS-GR_"); ok {
				s.rules = append(s.rules, configRule{resource: r, identifier: rule})
			}
		}
		s.securityHub(root)
		for _, m := range root.UnreadModules() {
			if m.Source == "" || baselineModule.MatchString(m.Source) {
				s.open = append(s.open, m.Why)
			}
		}
	}
	return s
}

// parametersOf are the parameters of a rule, and why those that are ages are not
// known.
func parametersOf(r *terraform.Resource) (string, []value.Reason) {
	v := r.Attr("input_parameters")
	if text, ok := v.Text(); ok {
		return text, nil
	}
	if v.JSON != nil {
		var out []string
		var why []value.Reason
		for _, a := range v.JSON.Attrs {
			key, _ := a.Key()
			if isAge(key) && !a.Value.Known() {
				why = append(why, a.Value.AllWhy()...)
			}
			text := a.Value.TextOr("")
			if n, ok := a.Value.WholeNumber(); ok {
				text = strconv.Itoa(n)
			}
			out = append(out, key+": "+text)
		}
		return strings.Join(out, "\n"), why
	}
	if v.Missing() {
		return "", nil
	}
	return "", v.AllWhy()
}

func isAge(parameter string) bool {
	return slices.ContainsFunc([]string{"maxAccessKeyAge", "maxCredentialUsageAge"}, func(age string) bool { return strings.EqualFold(age, parameter) })
}

var (
	// baselineModule is a module that may well set up AWS Config rules.
	baselineModule   = regexp.MustCompile(`(?i)config|baseline|conformance|complian|security|guardrail|landing|account`)
	daysParameter    = regexp.MustCompile(`(?i)(?:maxAccessKeyAge|maxCredentialUsageAge)"?\s*[:=]\s*["']?(\d+)`)
	leadingNumber    = regexp.MustCompile(`^\s*["']?(\d+)`)
	packReference    = regexp.MustCompile(`\bRef"?:?\s*["']?(\w+)`)
	packDefault      = regexp.MustCompile(`\bDefault"?\s*:\s*["']?(\d+)`)
	nextMapping      = regexp.MustCompile(`(?m)\}|:[ \t\r]*$`) // the end of one parameter, or the start of the next
	sourceIdentifier = regexp.MustCompile(`\bSourceIdentifier"?\s*:\s*["']?([A-Z][A-Z0-9_]+)`)
	yamlComment      = regexp.MustCompile(`(?m)(?:^|[ \t])#.*$`)
)

func parameterDays(text string) int {
	days := 0
	for _, m := range daysParameter.FindAllStringSubmatch(text, -1) {
		if n, err := strconv.Atoi(m[1]); err == nil {
			days = max(days, n)
		}
	}
	return days
}

// ageParameters are the parameters of rules that look for what is old.
var ageParameters = map[string]string{
	"ACCESS_KEYS_ROTATED":               "maxAccessKeyAge",
	"IAM_USER_UNUSED_CREDENTIALS_CHECK": "maxCredentialUsageAge",
}

// standards are what the standards of Security Hub look for: each control is
// an AWS Config rule that Security Hub makes.
var standards = map[string][]string{
	"aws-foundational-security-best-practices": {"ACCESS_KEYS_ROTATED", "IAM_ROOT_ACCESS_KEY_CHECK", "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", "ROOT_ACCOUNT_HARDWARE_MFA_ENABLED", "IAM_USER_UNUSED_CREDENTIALS_CHECK"},
	"cis-aws-foundations-benchmark":            {"ACCESS_KEYS_ROTATED", "IAM_ROOT_ACCESS_KEY_CHECK", "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", "ROOT_ACCOUNT_MFA_ENABLED", "IAM_USER_UNUSED_CREDENTIALS_CHECK"},
	"nist-800-53":                              {"ACCESS_KEYS_ROTATED", "IAM_ROOT_ACCESS_KEY_CHECK", "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", "ROOT_ACCOUNT_MFA_ENABLED", "IAM_USER_UNUSED_CREDENTIALS_CHECK"},
	"pci-dss":                                  {"IAM_ROOT_ACCESS_KEY_CHECK", "ROOT_ACCOUNT_MFA_ENABLED", "IAM_USER_MFA_ENABLED", "IAM_USER_UNUSED_CREDENTIALS_CHECK"},
}

func (s *configRuleSet) securityHub(root *terraform.Root) {
	standard := func(r *terraform.Resource, arn *value.Value) {
		parts, ok := arn.AsParts()
		if !ok {
			return
		}
		text := ""
		for _, p := range parts {
			text += p.Text.String
		}
		known := false
		for _, name := range []string{"aws-foundational-security-best-practices", "cis-aws-foundations-benchmark", "nist-800-53", "pci-dss"} {
			if strings.Contains(text, name) {
				known = true
				for _, rule := range standards[name] {
					s.rules = append(s.rules, configRule{resource: r, identifier: rule})
				}
			}
		}
		if !known && !arn.Known() {
			s.open = append(s.open, value.Needs("the standard of '"+r.Address+"'", r.Header, arn)...)
		}
	}
	for _, r := range standing(root, "aws_securityhub_standards_subscription") {
		standard(r, r.Attr("standards_arn"))
	}
	for _, r := range standing(root, "aws_securityhub_configuration_policy") {
		arns := r.Attr("configuration_policy").At(0).Get("enabled_standard_arns")
		for _, arn := range arns.Elems {
			standard(r, arn)
		}
	}
	// Both turn on AWS's own standard and CIS unless they say otherwise.
	for _, r := range standing(root, "aws_securityhub_account", "aws_securityhub_organization_configuration") {
		on := r.Attr("enable_default_standards")
		off := on.Is(value.Bool) && !on.Bool || r.Attr("auto_enable_standards").TextOr("DEFAULT") == "NONE"
		if off || r.Exists == value.Maybe {
			continue
		}
		standard(r, value.Str("aws-foundational-security-best-practices"))
		standard(r, value.Str("cis-aws-foundations-benchmark"))
	}
}
