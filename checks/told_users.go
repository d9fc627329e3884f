package checks

import (
	"slices"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/credential"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Resources that declare users, their keys and their passwords.
var (
	keyTypes   = []string{"aws_iam_access_key"}
	userTypes  = []string{"aws_iam_user", "awscc_iam_user"}
	loginTypes = []string{"aws_iam_user", "awscc_iam_user", "aws_iam_user_login_profile"}
)

func userOf(m *identity.Model, r *terraform.Resource) *identity.User {
	i := slices.IndexFunc(m.Users, func(u *identity.User) bool { return u.Resource == r })
	if i < 0 {
		return nil
	}
	return m.Users[i]
}

func tellConsoleMFA(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	m := p.Model
	var login *identity.Login
	for _, l := range m.Logins {
		if u := m.UserOf(l); !l.Resource.Deleted() && login == nil && (l.Resource == r || u != nil && u.Resource == r) {
			login = l
		}
	}
	if login == nil && m.Whole {
		return inapplicable("Nothing shows that the deployed user has a console password: --credential-report.")
	}
	if login == nil {
		return inapplicable("No console password is declared for the user.")
	}
	u := m.UserOf(login)
	if u == nil {
		return unexplained(proof.Undetermined, login.User.AllWhy())
	}
	if p.Settings.BreakGlass(u.Name.TextOr(""), u.KnownTags()) {
		return compliant("The settings call the user one for emergencies (break_glass_users).")
	}
	bindings, account := m.PermissionsOf(u), identity.AccountOf(u.Resource)
	levels := organization.Guardrails(m, account)
	asked := organization.AskedUser(u, account, p.Now)
	asked.Documents, asked.Boundary, asked.SCPs = bindings.Documents(), bindings.Boundary, levels
	switch {
	case len(asked.Documents) == 0 && m.Whole:
		return compliant("No policy of the account allows the user anything.")
	case organization.Guarded(levels, organization.AskedUser(u, account, p.Now)):
		t := compliant("A service control policy of account %s denies everything without MFA but what enrols a device, whatever the policies of the user allow.", account)
		return guardsOf(t, p, levels)
	case len(asked.Documents) == 0:
		return compliant("The user as deployed may do nothing without MFA (--account-authorization).")
	}
	result := organization.DecideUser(u, account, bindings, levels, p.Now)
	if result.Class == proof.ConsoleOnly && m.HasKeys(u) == value.No {
		return compliant("In the console the policies of the user let nothing through without MFA, and it has no access key.")
	}
	if result.Class != proof.Enforced {
		if c := (&consoleCheck{pass: p, login: login, user: u}); c.settled() {
			return compliant("The code leaves it open, but the user as deployed may do nothing without MFA (--account-authorization).")
		}
		verdict := proof.Violated
		if result.Class == proof.UserUndetermined {
			verdict = proof.Undetermined
		}
		return unexplained(verdict, result.Needs)
	}
	t := compliant("The policies of the user together let nothing through without MFA but what enrols a device.")
	if result.Idle {
		t = compliant("The policies of the user allow nothing at all, with MFA or without.")
	}
	k, w, found := proof.Keeping(asked.Documents, func(docs []*policy.Document) *proof.Witness {
		again := asked
		again.Documents = docs
		return proof.UserMFA(again).Witness
	})
	if found {
		if i := slices.IndexFunc(bindings.Policies, func(a *identity.AttachedPolicy) bool {
			return slices.Contains(a.Document.Statements, k.Statement)
		}); i >= 0 {
			a := bindings.Policies[i]
			t = at(t, "the policy that decides, '"+a.Name+"'"+through(a), a.Resource.Header, a.Resource.Address)
		}
	}
	for _, a := range bindings.Policies {
		if len(t.Decisive) == 0 {
			t = at(t, "a policy of the user, '"+a.Name+"'"+through(a), a.Resource.Header, a.Resource.Address)
		}
	}
	return closest(t, k, w, found)
}

// guardsOf adds the service control policies that guard an account.
func guardsOf(t *analyzer.Told, p *analyzer.Pass, levels []proof.Level) *analyzer.Told {
	for _, l := range levels {
		for _, d := range l.Documents {
			if o := organization.PolicyIn(p.Model, d); o != nil {
				t = at(t, "a service control policy that binds the account", o.Resource.Header, o.Resource.Address)
			}
		}
	}
	return t
}

func tellUnused(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	i := slices.IndexFunc(p.Model.Reported, func(row *identity.Reported) bool {
		u := row.Owner()
		return u != nil && u.Resource == r || slices.ContainsFunc(row.Keys, func(k *identity.AccessKey) bool { return k.Resource == r })
	})
	switch {
	case len(p.Model.Reported) == 0:
		return inapplicable("Only a credential report says when credentials were used: --credential-report.")
	case i < 0:
		return inapplicable("No row of the credential report is of this user.")
	}
	row := p.Model.Reported[i]
	limit := p.Settings.UnusedLimit()
	if row.Unused(p.Now, time.Duration(limit)*credential.Day) != credential.No {
		return unexplained(proof.Violated, nil)
	}
	return at(compliant("No credential of the user that is in force was left unused for %d days.", limit), "the row of the report", row.Span(), "")
}
