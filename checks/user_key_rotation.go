package checks

import (
	"fmt"
	"slices"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
	"github.com/iamvet/iamvet/checks/fixes"
)

// UserKeyRotation is IV303.
var UserKeyRotation = &analyzer.Check{
	ID:         "IV303",
	Name:       "user-key-rotation",
	Title:      "an access key is not rotated in time",
	Severity:   analyzer.Medium,
	Severities: []analyzer.Severity{analyzer.Medium, analyzer.Note},
	Doc: `An active access key that is older than 90 days, by the date that a plan or a
state gives; or, in a configuration, one whose rotation comes too late or does
not happen: a time_rotating with a longer period (three months have up to 92
days), one that the key only depends_on, or one that nothing refers to. A credential
report (--credential-report) gives the age of deployed keys. The limit is
max_key_age in .iamvet.hcl. A long-term API key of a service that is valid for
longer (credential_age_days) counts as well.

A key that leaks is of use to its finder for as long as it is valid. Of 12,478
users measured in 2021, 7,580 (60.8 %) had a key older than 90 days, 4,931 one
older than a year; the oldest was from August 2011.

It is fine when a time_rotating of at most 90 days replaces the key, through
replace_triggered_by (directly, or through terraform_data or null_resource) or
through an argument that cannot be changed in place; a note says that this
happens only when Terraform runs. With OpenTofu's lifecycle { destroy = false } each
key that is replaced stays active, so that nothing is rotated. A configuration without any rotation is a note,
unless another rule wants the key gone: it may be rotated by other means. Inactive
keys are not judged.`,
	Remediation: `Replace the key every 90 days, and run Terraform at least as often; or use a role,
which has no key to rotate.

    resource "time_rotating" "key" {
      rotation_days = 90
    }

    resource "aws_iam_access_key" "ci" {
      user = aws_iam_user.ci.name

      lifecycle {
        replace_triggered_by  = [time_rotating.key]
        create_before_destroy = true
      }
    }`,
	Mends: mendRotation,
	References: []analyzer.Reference{
		{Title: "A Real-World Look at AWS Best Practices: IAM User Accounts (Netskope)", URL: "https://www.netskope.com/blog/a-real-world-look-at-aws-best-practices-iam-user-accounts"},
		{Title: "AWS: Update access keys", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html"},
		{Title: "Terraform: time_rotating", URL: "https://registry.terraform.io/providers/hashicorp/time/latest/docs/resources/rotating"},
	},
	Controls: append(cis1("1.14"), controls("cis-1.2 1.4", "cis-5.0 1.13", "cis-6.0 2.13", "cis-7.0 2.12", "fsbp IAM.3",
		"aws-config access-keys-rotated", "nist-800-53-r5 AC-2(1) AC-2(3) AC-3(15)", "pci-dss-4.0.1 8.3.9 8.6.3", "mitre-attack T1098.001")...),
	Settings: []string{"max_key_age"},
	Tags:     []string{"user", "access-key", "rotation"},
	Subjects: slices.Concat(userTypes, keyTypes),
	Tell:     tellKeyRotation,
	Run:      userKeyRotation,
	Deployed: eachUser(reportedKeyRotation),
}

func userKeyRotation(p *analyzer.Pass) error {
	for _, k := range p.Model.Forgotten {
		c := rotationCheck{pass: p, key: k, limit: p.Settings.KeyAgeLimit()}
		if f := c.age(); f != nil && k.Active() == value.Yes {
			p.Report(f)
		}
	}
	for _, k := range p.Model.Keys {
		active := k.Active().And(k.Resource.Exists)
		if k.Resource.Deleted() || active == value.No || p.Over() {
			continue
		}
		c := rotationCheck{pass: p, key: k, limit: p.Settings.KeyAgeLimit()}
		f := c.age()
		if f == nil && !k.Resource.Header.IsZero() {
			f = c.mechanism()
		}
		if f == nil || f.Defect == "no-rotation" && toGo(p, k) {
			continue
		}
		if active == value.Maybe {
			if f.Verdict == analyzer.Advice {
				continue
			}
			c.open(f)
		}
		p.Report(f)
	}
	apiKeyAges(p)
	return nil
}

type rotationCheck struct {
	pass  *analyzer.Pass
	key   *identity.AccessKey
	limit int // days
}

func (c *rotationCheck) finding(verdict analyzer.Verdict, defect, format string, args ...any) *analyzer.Finding {
	r := c.key.Resource
	f := &analyzer.Finding{
		Verdict: verdict, Severity: analyzer.Medium, Resource: r, Span: r.Header, Defect: defect,
		Message: fmt.Sprintf(format, args...), Related: ownerOf(c.key), Assumptions: assumptions(r, c.key.User),
	}
	if verdict == analyzer.Advice {
		f.Severity = analyzer.Note
	}
	return f
}

// open turns a finding about a key that may not be there, or not active, into
// a question.
func (c *rotationCheck) open(f *analyzer.Finding) {
	r := c.key.Resource
	f.Verdict, f.Witness, f.Offer = analyzer.Undetermined, nil, nil
	f.Message = fmt.Sprintf("Whether '%s' is an active key that is not rotated in time depends on a value that is not known.", r.Address)
	f.Needs = append(f.Needs, r.Why...)
	if c.key.Active() == value.Maybe {
		f.Needs = append(f.Needs, value.Needs("the status of the key", r.AttributeSpan("status"), r.Attr("status"))...)
	}
	if len(f.Needs) == 0 {
		f.Needs = value.Needs("whether the key exists", r.Header)
	}
}

// age judges the date that a plan or a state gives.
func (c *rotationCheck) age() *analyzer.Finding {
	r := c.key.Resource
	text, ok := r.Attr("create_date").Text()
	if !ok || r.Creates() || c.pass.Now.IsZero() {
		return nil
	}
	created, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil
	}
	days := int(c.pass.Now.Sub(created).Hours() / 24)
	if c.pass.Now.Sub(created) <= time.Duration(c.limit)*24*time.Hour {
		return nil
	}
	what := "replace it"
	if c.key.Forgotten() {
		what = "the plan forgets it and does not delete it, so do that yourself"
	}
	f := c.finding(analyzer.Violation, "too-old", "'%s', a key of %s, has been in use since %s, for %d days, where %d are allowed; %s.",
		r.Address, userWords(c.key), created.Format(time.DateOnly), days, c.limit, what)
	f.Witness = &analyzer.Witness{
		Action: "sts:GetCallerIdentity",
		Words:  fmt.Sprintf("whoever copied the key at any time in the last %d days, signing a request today as %s", days, userWords(c.key)),
	}
	return f
}

// mechanism judges what replaces the key, in the configuration.
func (c *rotationCheck) mechanism() *analyzer.Finding {
	address := c.key.Resource.Address
	by := identity.RotationOf(c.key.Resource)
	switch {
	case by.EachRun:
		return nil
	case len(by.Rotators) == 0 && len(by.Unwired) > 0:
		return c.decorative(by.Unwired)
	case len(by.Rotators) == 0:
		return c.finding(analyzer.Advice, "no-rotation", "Nothing here replaces '%s', a key of %s: rotate it every %d days, or use a role instead.", address, userWords(c.key), c.limit)
	}
	var shortest *terraform.Resource
	var best identity.Period
	for _, r := range by.Rotators {
		if p := identity.PeriodOf(r); shortest == nil || p.Known && (!best.Known || p.Days < best.Days) {
			shortest, best = r, p
		}
	}
	related := analyzer.Related{Message: "the rotation is declared here", Span: shortest.Header, Address: shortest.Address}
	switch {
	case !best.Known:
		f := c.finding(analyzer.Undetermined, "period", "Whether '%s' replaces '%s' within %d days depends on a value that is not known.", shortest.Address, address, c.limit)
		f.Related, f.Needs = append(f.Related, related), best.Why
		return f
	case best.Once:
		f := c.finding(analyzer.Violation, "once", "'%s' replaces '%s' at one time and never again; give it a period of at most %d days.", shortest.Address, address, c.limit)
		f.Related, f.Witness = append(f.Related, related), c.witness("at any time after that")
		f.Offer = func() []*analyzer.Fix { return c.fixes().Shorten(shortest) }
		return f
	case c.key.Resource.Kept != value.No:
		f := c.kept(shortest)
		f.Related = append(f.Related, related)
		return f
	case best.Days > c.limit:
		f := c.finding(analyzer.Violation, "too-slow", "'%s' is replaced only every %d days, by '%s', where %d are allowed; shorten the period.", address, best.Days, shortest.Address, c.limit)
		f.Related, f.Witness = append(f.Related, related), c.witness(fmt.Sprintf("up to %d days before", best.Days))
		f.Offer = func() []*analyzer.Fix { return c.fixes().Shorten(shortest) }
		return f
	}
	f := c.finding(analyzer.Advice, "when-terraform-runs", "'%s' is replaced every %d days by '%s', but only when Terraform runs: apply at least as often.", address, best.Days, shortest.Address)
	f.Related = append(f.Related, related)
	return f
}

// kept reports a rotation after which the key of before is still valid.
func (c *rotationCheck) kept(by *terraform.Resource) *analyzer.Finding {
	r := c.key.Resource
	if r.Kept == value.Maybe {
		f := c.finding(analyzer.Undetermined, "kept", "Whether the keys that '%s' replaces stay active, as lifecycle { destroy = … } of '%s' decides, depends on a value that is not known.", by.Address, r.Address)
		f.Needs = r.KeptWhy
		return f
	}
	f := c.finding(analyzer.Violation, "kept", "'%s' replaces '%s', but lifecycle { destroy = false } leaves each key of before active, and out of the state; leave that argument out.", by.Address, r.Address)
	f.Witness = &analyzer.Witness{
		Action: "sts:GetCallerIdentity",
		Words:  fmt.Sprintf("whoever copied a key at any time before it was replaced, signing a request as %s: it is still valid", userWords(c.key)),
	}
	return f
}

func (c *rotationCheck) witness(when string) *analyzer.Witness {
	return &analyzer.Witness{
		Action: "sts:GetCallerIdentity",
		Words:  fmt.Sprintf("whoever copied the key %s, signing a request as %s: the key is still the same", when, userWords(c.key)),
	}
}

// decorative reports a rotation that replaces nothing; of several, the one of the
// same instance.
func (c *rotationCheck) decorative(unwired []*terraform.Resource) *analyzer.Finding {
	key, r := c.key.Resource, unwired[0]
	for _, o := range unwired {
		if o.Name == r.Name && o.Key == key.Key {
			r = o
		}
	}
	f := c.finding(analyzer.Violation, "not-wired", "'%s' rotates, but does not replace '%s', a key of %s: name it in replace_triggered_by.", r.Address, key.Address, userWords(c.key))
	f.Related = append(f.Related, analyzer.Related{Message: "the rotation is declared here", Span: r.Header, Address: r.Address})
	f.Witness = c.witness("at any time before")
	f.Offer = func() []*analyzer.Fix { return c.fixes().Wire(r) }
	return f
}

func (c *rotationCheck) fixes() *fixes.Rotation { return &fixes.Rotation{Key: c.key, Limit: c.limit} }
