package settings

import "github.com/hashicorp/hcl/v2/hclsyntax"

// Setting is one setting and all that there is to say about it: docs/settings.md
// is printed from here.
type Setting struct {
	Name    string
	Form    string // how it is written: max_key_age = DAYS
	Default string // in words, with a full stop
	Doc     string // Markdown
	Example string // HCL that Parse takes

	read      func(*reader, *Settings, *hclsyntax.Attribute)
	readBlock func(*reader, *Settings, *hclsyntax.Block)
}

// All are the settings, in the order in which people meet them.
var All = []Setting{
	{
		Name: "trusted_accounts", Form: `trusted_accounts = ["ACCOUNT", …]`,
		Default: "None: then only the account that a role is in is known to be one's own, and no account is a stranger's.",
		Doc: `Accounts of one's own. Trusting any other is trusting a stranger: a role that
admits one without binding the session's name is a finding of severity high, and
a role that admits everybody gets a fix that admits these.`,
		Example: `trusted_accounts = ["111122223333", "444455556666"]`,
		read:    listOf("trusted_accounts", func(s *Settings) *[]string { return &s.TrustedAccounts }, account),
	},
	{
		Name: "trust_condition", Form: `trust_condition "KEY" { … }`,
		Default: "None: trust policies are asked for session names alone.",
		Doc: `A condition that trust policies have to impose on every user and role that they
admit: a rule of one's own. It is proved of the whole policy, as the session's name
is: whether a request that does not meet the condition gets through, whichever
statement, operator or Deny brings that about. The finding is one of IV201, beside
that on the session's name, and shows such a request. AWS services and identity
providers are not asked. The block can be written several times.

| argument | | default |
|---|---|---|
| label | the condition key, as ` + "`variable`" + ` of Terraform's ` + "`condition`" + ` | |
| ` + "`test`" + ` | the operator | |
| ` + "`values`" + ` | the values, of which one has to do; a policy variable is written ` + "`&{aws:username}`" + ` | |
| ` + "`principals`" + ` | of whom it is asked: ` + "`user`, `role`" + ` | both |
| ` + "`roles`" + ` | names of the roles whose trust policies are asked; ` + "`*` and `?`" + ` are wildcards | all |
| ` + "`except_roles`" + ` | names of those that are not | none |
| ` + "`except_accounts`" + ` | accounts of whose principals it is not asked | none |
| ` + "`severity`" + ` | of its findings | that of ` + "`severities`" + `, else medium |
| ` + "`message`" + ` | what the finding says beside, such as where the rule is written down | |`,
		Example: `trust_condition "aws:PrincipalOrgID" {
  test    = "StringEquals"
  values  = ["o-a1b2c3d4e5"]
  message = "Only our own organization assumes roles (ADR 12)."
}

trust_condition "aws:MultiFactorAuthPresent" {
  test         = "Bool"
  values       = ["true"]
  principals   = ["user"] # role sessions do not carry it
  except_roles = ["ci-*"]
  severity     = "high"
}

trust_condition "sts:ExternalId" {
  test            = "StringLike"
  values          = ["?*"]
  except_accounts = ["111122223333", "444455556666"] # asked of vendors alone
}`,
		readBlock: trustCondition,
	},
	{
		Name: "allowed_cidrs", Form: `allowed_cidrs = ["RANGE", …]`,
		Default: "None: any list of networks will do.",
		Doc: `The networks that root may act from. A policy that admits any other is a
violation of severity high, and drafts of policies list these.`,
		Example: `allowed_cidrs = ["198.51.100.0/24", "2001:db8:1::/48"]`,
		read:    allowedCIDRs,
	},
	{
		Name: "root_exempt_actions", Form: `root_exempt_actions = ["SERVICE:ACTION", …]`,
		Default: "None but those that enrol an MFA device.",
		Doc:     `What a policy may leave to root without MFA. ` + "`*` and `?`" + ` are wildcards.`,
		Example: `root_exempt_actions = ["s3:DeleteBucketPolicy", "sqs:SetQueueAttributes"]`,
		read:    listOf("root_exempt_actions", func(s *Settings) *[]string { return &s.RootExemptActions }, action),
	},
	{
		Name: "root_usage_days", Form: `root_usage_days = DAYS`,
		Default: "7.",
		Doc: `A use of root within so many days before the scan is everyday use, where a
credential report shows it.`,
		Example: `root_usage_days = 30`,
		read:    daysOf("root_usage_days", func(s *Settings) *int { return &s.RootUsageDays }),
	},
	{
		Name: "govcloud_accounts", Form: `govcloud_accounts = ["ACCOUNT", …]`,
		Default: "None but those whose credential report says so in its ARNs.",
		Doc: `Accounts of AWS GovCloud. They have no root user of their own, but that of the
account they were made with: nothing that is about root is asked of them.`,
		Example: `govcloud_accounts = ["777788889999"]`,
		read:    listOf("govcloud_accounts", func(s *Settings) *[]string { return &s.GovCloudAccounts }, account),
	},
	{
		Name: "max_key_age", Form: `max_key_age = DAYS`,
		Default: "90.",
		Doc:     `How many days old an access key may become.`,
		Example: `max_key_age = 30`,
		read:    daysOf("max_key_age", func(s *Settings) *int { return &s.MaxKeyAge }),
	},
	{
		Name: "unused_days", Form: `unused_days = DAYS`,
		Default: "90.",
		Doc: `After how many days without use a credential is unused. CIS asks for 45 since
version 1.3.`,
		Example: `unused_days = 45`,
		read:    daysOf("unused_days", func(s *Settings) *int { return &s.UnusedDays }),
	},
	{
		Name: "break_glass_users", Form: `break_glass_users = ["NAME" or "tag:KEY" or "tag:KEY=VALUE", …]`,
		Default: "Nobody.",
		Doc: `Users for emergencies, of whom MFA is not asked: by name, in which ` + "`*` and `?`" + `
are wildcards and case makes no difference, or by a tag.`,
		Example: `break_glass_users = ["break-glass-*", "tag:BreakGlass=true"]`,
		read:    listOf("break_glass_users", func(s *Settings) *[]string { return &s.BreakGlassUsers }, user),
	},
	{
		Name: "machine_users", Form: `machine_users = ["NAME" or "tag:KEY" or "tag:KEY=VALUE", …]`,
		Default: "Nobody.",
		Doc: `Users that are programs, who may be made together with a key. Programs make up the names
of their sessions: where a trust policy names one of them, the fix that requires
` + "`${aws:username}`" + ` as the name ([IV201](rules/IV201.md)) is a draft.`,
		Example: `machine_users = ["ci-*", "tag:Machine"]`,
		read:    listOf("machine_users", func(s *Settings) *[]string { return &s.MachineUsers }, user),
	},
	{
		Name: "severities", Form: `severities = { RULE = "SEVERITY", … }`,
		Default: "Those of the rules.",
		Doc: `The severity of a rule's violations, by its id or name: critical, high, medium
or low. It replaces all that the rule may report; notes stay notes.`,
		Example: `severities = { user-multiple-keys = "low", IV303 = "high" }`,
		read:    severities,
	},
	{
		Name: "rules", Form: `rules = { RULE = false, … }`,
		Default: "All rules are on.",
		Doc: `Switches rules off, by their id or name. What they would find is not reported, and
counts nowhere. ` + "`--rule` and `--skip-rule`" + ` choose further.`,
		Example: `rules = { user-key-rotation = false }`,
		read:    rules,
	},
	{
		Name: "ignore", Form: `ignore { reason = "WHY" … }`,
		Default: "None.",
		Doc: `Findings that are known and accepted: they are counted as suppressed, and fail
nothing. One is meant where all that is written holds; the block can be written several
times. For a single place, a comment beside it says the same:
[report.md](report.md#what-is-known).

| argument | | default |
|---|---|---|
| ` + "`rules`" + ` | ids or names | all rules |
| ` + "`paths`" + ` | globs of the files that findings stand in, relative to the boundary | all files |
| ` + "`addresses`" + ` | of their resources; ` + "`*` and `?`" + ` are wildcards | all resources |
| ` + "`reason`" + ` | why | |
| ` + "`until`" + ` | the last day on which it holds | for ever |`,
		Example: `ignore {
  rules     = ["role-session-name"]
  paths     = ["legacy/**"]
  addresses = ["module.ci.*"]
  reason    = "The old pipeline is switched off in March (OPS-12)."
  until     = "2027-03-31"
}`,
		readBlock: ignore,
	},
	{
		Name: "exclude", Form: `exclude = ["GLOB", …]`,
		Default: "None.",
		Doc: `Directories that are not searched for root modules, relative to the boundary or
to PATH; a pattern without a slash is a name at any depth. ` + "`--exclude`" + ` adds to them.`,
		Example: `exclude = ["**/examples", "sandbox"]`,
		read:    listOf("exclude", func(s *Settings) *[]string { return &s.Exclude }, glob),
	},
	{
		Name: "language", Form: `language = "LANGUAGE"`,
		Default: "What a file that ends in `.tofu`, a plan or a state tells; else what is common to both.",
		Doc: `What the configuration is read as: ` + "`terraform` or `opentofu`" + `. They differ in few
things: [Terraform and OpenTofu](terraform.md#terraform-and-opentofu). ` + "`--language`" + ` wins.`,
		Example: `language = "opentofu"`,
		read: func(r *reader, s *Settings, a *hclsyntax.Attribute) {
			if t, ok := r.text("language", a.Expr); ok && r.oneOf("language", t, languages...) {
				s.Language = t.string
			}
		},
	},
	{
		Name: "root", Form: `root "DIRECTORY" { var_files = ["FILE", …] }`,
		Default: "Each root module is evaluated once, with the variable files that Terraform reads by itself.",
		Doc: `The variable files of a root module. DIRECTORY is relative to the settings file,
FILE to the directory. Written several times for one directory, that is evaluated
for each. What ` + "`--var-file` and `--var`" + ` set comes after it and wins.`,
		Example: `root "infra" {
  var_files = ["prod.tfvars"]
}`,
		readBlock: root,
	},
}

// languages are those that a configuration may be written in.
var languages = []string{"terraform", "opentofu"}
