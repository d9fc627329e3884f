package checks

import "github.com/iamvet/iamvet/analyzer"

// What the fixes of several rules have in common, and what they need to be applied.
var (
	mendPolicy = []analyzer.Mend{{
		Does:    "mend a service control policy",
		Applied: "it then denies root more, and nobody else anything",
		Draft:   "everybody below it is denied more or less, as by \"deny root instead\"; a policy or an attachment that is missing",
	}}
	mendKey = []analyzer.Mend{{
		Does:    "set a key Inactive",
		Applied: "nothing reads the key (no output, secret or file hands it to anybody) and it can be told from those that stay",
		Draft:   "an output reads it, \"set the key Inactive once nothing uses it, which 'output.secret' hands on\"; the key of a program; the removal of a key",
	}}
	mendRootKey = []analyzer.Mend{{
		Does:    "set the key Inactive",
		Applied: "it is a key of root, whoever has it; or of a user named root, and nothing reads it",
		Draft:   "its removal, with what only exists for it",
	}}
	mendName = []analyzer.Mend{
		{
			Does: "require `${aws:username}` as the session name",
			Applied: "the trust policy names users alone; a condition leaves users alone (MFA, which sessions of roles do not carry); or policies of users and groups in the scan name the role, and none of a role, a permission set or an unread module may. " +
				"The defaults of variables and dynamic statements are no evidence; no provider of the scan and no secrets engine of Vault assumes the role, no user that the trust policy names is a program by its name or the settings (`machine_users`), and no README, runbook, script or profile beside the code says how it is assumed",
			Draft: "an account, an organization or `*`, with `${aws:username}` for users and `${aws:SourceIdentity}` for role and SSO sessions",
		},
		{
			Does:    "add the condition that the settings require",
			Applied: "the statement has no such test",
			Draft:   "a test of the same key is there and would be replaced",
		},
	}
	mendAnyone = []analyzer.Mend{{
		Does:    "admit only an organization, or the trusted accounts",
		Applied: "the scan knows one organization, or the settings list the accounts",
		Draft:   "an organization whose id is for you to write, \"o-xxxxxxxxxx\"",
	}}
	mendSubject = []analyzer.Mend{{
		Does:  "name the repository, project or application",
		Draft: "\"admit only the repository that is meant\", with words in capitals for you to write",
	}}
	mendRotation = []analyzer.Mend{{
		Does:    "replace the key when it is due",
		Applied: "what replaces it is declared, or its period is too long",
	}}
	mendConsole = []analyzer.Mend{
		{
			Does:    "deny everything without MFA but what enrols a device, or attach a policy that does",
			Applied: "policies in the scan let each user that it binds enrol one, none has a key or other credential that carries no MFA, and no profile of a provider or backend is called as one; with `password_reset_required`, `iam:ChangePassword` is exempt too",
			Draft:   "nothing shows that a user may, and the draft allows that as well; a policy that nobody has keeps the first password from being changed",
		},
		{
			Does:    "mend a policy that tests MFA in vain",
			Applied: "it binds no role, and no user with a key or other credential, or as whom Terraform works",
			Draft:   "\"the sessions of a role that 'aws_iam_role_policy_attachment.ci' binds, which carry no MFA, will be refused\"",
		},
	}
	mendControls = []analyzer.Mend{{
		Does:  "add the AWS Config rules that are missing",
		Draft: "AWS charges for each of them",
	}}
	mendUsage = []analyzer.Mend{{
		Does:  "add a rule that tells of root's activity",
		Draft: "who is told, and that other accounts need one too, is for you",
	}}
)
