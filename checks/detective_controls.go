package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// DetectiveControls is IV401.
var DetectiveControls = &analyzer.Check{
	ID:         "IV401",
	Name:       "detective-controls",
	Title:      "an account baseline would not notice root keys, missing MFA or stale credentials",
	Severity:   analyzer.Low,
	Severities: []analyzer.Severity{analyzer.Low},
	Doc: `Code that sets up an account's baseline (an AWS Config recorder, a conformance
pack, or a multi-region trail together with GuardDuty) without the AWS Config
rules that would notice what the other rules here find: iam-root-access-key-check,
root-account-mfa-enabled or root-account-hardware-mfa-enabled,
mfa-enabled-for-iam-console-access or iam-user-mfa-enabled, access-keys-rotated
and iam-user-unused-credentials-check. They count alone, in conformance packs, as
organization rules, through the standards of Security Hub and as controls of
Control Tower, in any root module of the scan.

Code shows what is meant, not what is there: keys, passwords and devices are made
by hand as well. The articles that these rules come from measured 1,143 accounts,
and found in the running accounts what no review had stopped.

It is fine when the rules are managed by code that is not in the scan: scan both
together. Where a module that sounds like a baseline is not at
hand, or the template of a conformance pack is not, the question stays open. access-keys-rotated with
more than 90 days (max_key_age in .iamvet.hcl), or
iam-user-unused-credentials-check with more than unused_days, notices too late and
is reported.`,
	Remediation: `Add the AWS Config rules that are missing, for the organization where there is one.

    resource "aws_config_organization_managed_rule" "root_key" {
      name            = "iam-root-access-key-check"
      rule_identifier = "IAM_ROOT_ACCESS_KEY_CHECK"
    }`,
	Mends: mendControls,
	References: []analyzer.Reference{
		{Title: "A Real-World Look at AWS Best Practices: Root Accounts (Netskope)", URL: "https://www.netskope.com/blog/a-real-world-look-at-aws-best-practices-root-accounts"},
		{Title: "AWS: List of AWS Config managed rules", URL: "https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html"},
	},
	Controls: controls("aws-config iam-root-access-key-check root-account-mfa-enabled root-account-hardware-mfa-enabled mfa-enabled-for-iam-console-access access-keys-rotated iam-user-unused-credentials-check",
		"fsbp IAM.3 IAM.4 IAM.5 IAM.6 IAM.8 IAM.9"),
	Settings: []string{"max_key_age", "unused_days"},
	Tags:     []string{"root", "mfa", "access-key", "detection"},
	Subjects: slices.Concat(baselineTypes, ruleTypes),
	Tell:     tellDetective,
	Estate:   true,
	Run:      detectiveControls,
}

// A watch is something that has to be noticed, and the AWS Config rules that
// notice it, any of them.
type watch struct {
	what  string
	rules []string
}

var watches = []watch{
	{"an access key of root", []string{"IAM_ROOT_ACCESS_KEY_CHECK"}},
	{"root without MFA", []string{"ROOT_ACCOUNT_MFA_ENABLED", "ROOT_ACCOUNT_HARDWARE_MFA_ENABLED"}},
	{"console users without MFA", []string{"MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS", "IAM_USER_MFA_ENABLED"}},
	{"access keys that are not rotated", []string{"ACCESS_KEYS_ROTATED"}},
	{"unused credentials", []string{"IAM_USER_UNUSED_CREDENTIALS_CHECK"}},
}

func detectiveControls(p *analyzer.Pass) error {
	base := baseline(p.Model.Roots)
	if base == nil {
		return nil
	}
	found := configRules(p.Model.Roots)
	for _, r := range found.rules {
		if f := tooLate(p, r); f != nil {
			p.Report(f)
		}
	}
	var missing []watch
	for _, w := range watches {
		if !slices.ContainsFunc(w.rules, found.has) {
			missing = append(missing, w)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	f := &analyzer.Finding{Severity: analyzer.Low, Resource: base, Span: base.Header, Defect: "missing-rules", Assumptions: base.Assumptions}
	if len(found.open) > 0 || base.Exists == value.Maybe {
		f.Needs = append(found.open, base.Why...)
		f.Message = fmt.Sprintf("Whether the baseline that '%s' belongs to would notice %s depends on what is not in the scan.", base.Address, inWords(missing))
		if len(f.Needs) == 0 {
			f.Needs = value.Needs("whether '"+base.Address+"' exists", base.Header)
		}
		p.Report(f)
		return nil
	}
	f.Verdict = analyzer.Violation
	f.Message = fmt.Sprintf("'%s' belongs to an account baseline that would not notice %s; add the AWS Config %s.", base.Address, inWords(missing), ruleNames(missing))
	f.Witness = &analyzer.Witness{Words: "somebody making " + missing[0].example() + " by hand: no AWS Config rule of the scan looks for it"}
	var identifiers []string
	for _, w := range missing {
		identifiers = append(identifiers, w.rules[0])
	}
	f.Fixes = fixes.AddConfigRules(base, identifiers)
	p.Report(f)
	return nil
}

func (w watch) example() string {
	switch w.rules[0] {
	case "IAM_ROOT_ACCESS_KEY_CHECK":
		return "an access key for root"
	case "ROOT_ACCOUNT_MFA_ENABLED":
		return "root's MFA device inactive"
	case "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS":
		return "a console user without MFA"
	case "ACCESS_KEYS_ROTATED":
		return "an access key and keeping it for years"
	}
	return "a user and forgetting it"
}

func inWords(missing []watch) string {
	var out []string
	for _, w := range missing {
		out = append(out, w.what)
	}
	if len(out) < 2 {
		return strings.Join(out, "")
	}
	return strings.Join(out[:len(out)-1], ", ") + " or " + out[len(out)-1]
}

func ruleNames(missing []watch) string {
	var out []string
	for _, w := range missing {
		out = append(out, ruleName(w.rules[0]))
	}
	if len(out) == 1 {
		return "rule " + out[0]
	}
	return "rules " + strings.Join(out, ", ")
}

// ruleName is what AWS calls a managed rule in its documentation.
func ruleName(identifier string) string {
	return strings.ReplaceAll(strings.ToLower(identifier), "_", "-")
}

// baseline is the resource that shows best that the scan sets up an account:
// nil when nothing does.
func baseline(roots []*terraform.Root) *terraform.Resource {
	for _, types := range [][]string{
		{"aws_config_configuration_recorder"},
		{"aws_config_conformance_pack", "aws_config_organization_conformance_pack"},
	} {
		for _, root := range roots {
			if out := standing(root, types...); len(out) > 0 {
				return out[0]
			}
		}
	}
	for _, root := range roots {
		detectors := standing(root, "aws_guardduty_detector")
		for _, t := range standing(root, "aws_cloudtrail") {
			if multi := t.Attr("is_multi_region_trail"); multi.Is(value.Bool) && multi.Bool && len(detectors) > 0 {
				return t
			}
		}
	}
	return nil
}

// standing are the resources that are not about to go.
func standing(root *terraform.Root, types ...string) []*terraform.Resource {
	var out []*terraform.Resource
	for _, r := range root.Resources(types...) {
		if !r.Deleted() {
			out = append(out, r)
		}
	}
	return out
}

// tooLate reports a rule that looks only for what is older than is allowed.
func tooLate(p *analyzer.Pass, r configRule) *analyzer.Finding {
	limit, parameter := 0, ageParameters[r.identifier]
	switch r.identifier {
	case "ACCESS_KEYS_ROTATED":
		limit = p.Settings.KeyAgeLimit()
	case "IAM_USER_UNUSED_CREDENTIALS_CHECK":
		limit = p.Settings.UnusedLimit()
	default:
		return nil
	}
	if r.days <= limit && len(r.why) > 0 {
		return &analyzer.Finding{
			Severity: analyzer.Low, Resource: r.resource, Span: r.span(), Defect: "unknown-age", Needs: r.why,
			Message: fmt.Sprintf("Whether '%s' notices what is older than %d days depends on a value that is not known (%s).", r.resource.Address, limit, parameter),
		}
	}
	if r.days <= limit {
		return nil
	}
	return &analyzer.Finding{
		Verdict: analyzer.Violation, Severity: analyzer.Low, Resource: r.resource, Span: r.span(), Defect: "too-late",
		Message: fmt.Sprintf("'%s' notices only what is older than %d days (%s), where %d are allowed; lower it.", r.resource.Address, r.days, parameter, limit),
		Witness: &analyzer.Witness{Words: fmt.Sprintf("a credential of %d days: %s calls it compliant", limit+1, ruleName(r.identifier))},
	}
}

func (r configRule) span() source.Span {
	if span := r.resource.AttributeSpan("input_parameters"); !span.IsZero() {
		return span.FirstLine()
	}
	return r.resource.Header
}
