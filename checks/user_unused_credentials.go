package checks

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/credential"
	"github.com/iamvet/iamvet/analyzer/identity"
)

// UserUnusedCredentials is IV305.
var UserUnusedCredentials = &analyzer.Check{
	ID:         "IV305",
	Name:       "user-unused-credentials",
	Title:      "a user has credentials that nobody uses",
	Severity:   analyzer.Medium,
	Severities: []analyzer.Severity{analyzer.Medium},
	Doc: `A console password or an active access key of an IAM user that was not used for
90 days. Only a credential report says so (iamvet scan --credential-report); a
configuration, plan or state does not. A credential that was never used counts from
the day it was made or changed. Dates of passwords from before 23 May 2018 count as
that day: AWS kept no record in the weeks before.

A credential that nobody uses is one that nobody misses when it is stolen. Of 12,478
users measured in 2021, 6,211 (49.8 %) had one, and 3,549 (28.4 %) one that was not
used for a year.

It is fine when the credential is disabled: a key that is Inactive, a user without
a console password. Signing certificates are named beside other credentials and not
judged: a report does not say when they were used.`,
	Remediation: `Set the key Inactive or remove the password, and delete it when nothing has
missed it. For people prefer IAM Identity Center, where access ends with the
employment; for programs use roles.`,
	References: []analyzer.Reference{
		{Title: "A Real-World Look at AWS Best Practices: IAM User Accounts", URL: "https://www.netskope.com/blog/a-real-world-look-at-aws-best-practices-iam-user-accounts"},
		{Title: "AWS: Getting credential reports for your AWS account", URL: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html"},
	},
	Controls: append(cis1("1.12"), controls("cis-1.2 1.3", "cis-5.0 1.11", "cis-6.0 2.11", "cis-7.0 2.11", "fsbp IAM.8 IAM.22",
		"aws-config iam-user-unused-credentials-check",
		"nist-800-53-r5 AC-2 AC-2(1) AC-2(3) AC-3 AC-3(15) AC-3(7) AC-6",
		"pci-dss-3.2.1 8.1.4", "pci-dss-4.0.1 8.2.6", "mitre-attack T1078.004")...),
	Settings: []string{"unused_days"},
	Tags:     []string{"user", "access-key", "console"},
	Subjects: slices.Concat(userTypes, keyTypes),
	Tell:     tellUnused,
	Deployed: eachUser(reportedUnused),
}

func reportedUnused(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	if p.Now.IsZero() {
		return nil
	}
	limit := p.Settings.UnusedLimit()
	span := time.Duration(limit) * credential.Day
	switch r.Unused(p.Now, span) {
	case credential.No:
		return nil
	case credential.Unsaid:
		return unsaid(r, analyzer.Medium, "deployed-unused", fmt.Sprintf("%s has a credential that was not used for %d days", who(p, r), limit),
			"the dates of a credential that is in force: it was never used, and nobody knows since when it is there")
	}
	var idle []string
	if pw := r.Password; pw.Unused(p.Now, span) == credential.Yes {
		idle = append(idle, "the console password ("+idleSince(p.Now, pw.LastUsed, pw.LastChanged)+")")
	}
	for i, k := range r.Row.Keys {
		if k.Unused(p.Now, span) == credential.Yes {
			idle = append(idle, fmt.Sprintf("access key %d (%s)", i+1, idleSince(p.Now, k.LastUsed, k.Rotated)))
		}
	}
	beside := ""
	if certificates := activeCertificates(r); certificates != "" {
		beside = " There is also " + certificates + ", of whose use a report keeps no record."
	}
	f := deployedFinding(r, analyzer.Medium, "deployed-unused",
		fmt.Sprintf("%s has credentials in force that were not used for %d days: %s; disable what nobody uses.%s%s", upperFirst(who(p, r)), limit, strings.Join(idle, "; "), beside, outside(p, r, true)))
	if u := r.Owner(); u != nil {
		f.Related = append(f.Related, credentialsBeside(p.Model, u, "is in no report: nobody knows whether it is used")...)
	}
	return f
}

func idleSince(now, used, made time.Time) string {
	if used.IsZero() {
		return fmt.Sprintf("never used, made or changed %s, %d days ago", date(made), daysAgo(now, made))
	}
	return fmt.Sprintf("last used %s, %d days ago", date(used), daysAgo(now, used))
}
