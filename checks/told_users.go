package checks

import (
	"fmt"
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

func keyOf(m *identity.Model, r *terraform.Resource) *identity.AccessKey {
	i := slices.IndexFunc(m.Keys, func(k *identity.AccessKey) bool { return k.Resource == r })
	if i < 0 {
		return nil
	}
	return m.Keys[i]
}

func userOf(m *identity.Model, r *terraform.Resource) *identity.User {
	i := slices.IndexFunc(m.Users, func(u *identity.User) bool { return u.Resource == r })
	if i < 0 {
		return nil
	}
	return m.Users[i]
}

// keysUnseen tells of a user as it is deployed, whose keys only a report shows; nil of
// others.
func keysUnseen(p *analyzer.Pass) *analyzer.Told {
	if !p.Model.Whole {
		return nil
	}
	return inapplicable("What is known of the deployed user does not show access keys: --credential-report, and the address of what declares it.")
}

// keysOf are the keys of a user that are there.
func keysOf(m *identity.Model, u *identity.User) []*identity.AccessKey {
	return slices.DeleteFunc(slices.Clone(m.Keys), func(k *identity.AccessKey) bool { return k.Owner != u || k.Resource.Deleted() })
}

func tellRootKey(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	key := keyOf(p.Model, r)
	if key == nil {
		return inapplicable("It is no access key.")
	}
	if inGovCloud(p, r) {
		return inapplicable("Its account is in GovCloud, which has no root user.")
	}
	t := compliant("The key is of %s, and not of root.", userWords(key))
	if _, ok := key.User.Text(); !ok && key.Owner == nil {
		t = compliant("Whatever the name of its user is, it is not that of root.")
	}
	return at(t, "the user of the key", r.AttributeSpan("user"), "")
}

func tellRootDevice(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	if inGovCloud(p, r) {
		return inapplicable("Its account is in GovCloud, which has no root user.")
	}
	t := inapplicable("Its name is '%s', and not '%s', which the console gives the virtual device of root; nothing else shows whose it is.", r.Attr("virtual_mfa_device_name").ShownOr("not known"), rootDevice)
	return at(t, "the name of the device", r.AttributeSpan("virtual_mfa_device_name"), "")
}

func tellKeyAtCreation(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	if t := keysUnseen(p); t != nil {
		return t
	}
	key := keyOf(p.Model, r)
	if key == nil {
		u := userOf(p.Model, r)
		keys := keysOf(p.Model, u)
		if u == nil || len(keys) == 0 {
			return compliant("No access key is declared for the user.")
		}
		key = keys[0]
	}
	switch u := key.Owner; {
	case u == nil:
		return at(inapplicable("%s is not declared in this root module, so that another apply made it.", upperFirst(nameOfUser(key))), "the user of the key", key.Resource.AttributeSpan("user"), "")
	case u.Resource.Deleted():
		return at(inapplicable("The plan deletes '%s'.", u.Resource.Address), "the user", u.Resource.Header, u.Resource.Address)
	case isMachine(p, u):
		return at(compliant("The settings call '%s' a program (machine_users), and it has no console password: the key is what it is for.", u.Resource.Address), "the user", u.Resource.Header, u.Resource.Address)
	}
	u := key.Owner.Resource
	together, why := createdTogether(key.Resource, u)
	switch {
	case together != value.No:
		return unexplained(map[value.Tri]proof.Verdict{value.Yes: proof.Violated}[together], why)
	case key.Resource.Imported.Or(u.Imported) == value.Yes:
		return at(compliant("The key or its user is imported: it is there already."), "the user", u.Header, u.Address)
	}
	return at(compliant("The plan does not create both: '%s' or its key is there already.", u.Address), "the user", u.Header, u.Address)
}

// nameOfUser is the user of a key whose user is not declared.
func nameOfUser(k *identity.AccessKey) string {
	if name, ok := k.User.Text(); ok && !k.User.Sensitive {
		return "the user '" + name + "'"
	}
	return "the user of the key"
}

func tellMultipleKeys(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	if t := keysUnseen(p); t != nil {
		return t
	}
	in := func(keys []*identity.AccessKey) bool {
		return slices.ContainsFunc(keys, func(k *identity.AccessKey) bool {
			return k.Resource == r || k.Owner != nil && k.Owner.Resource == r
		})
	}
	groups := keysByUser(p.Model)
	i := slices.IndexFunc(groups, in)
	if i < 0 {
		if keyOf(p.Model, r) != nil {
			return inapplicable("Whose key it is, is not known, and no other one names its user in the same words.")
		}
		return compliant("No access key is declared for the user.")
	}
	keys := groups[i]
	active, maybe := activeKeys(keys)
	if len(active)+len(maybe) > 1 {
		for _, f := range p.Found {
			if !slices.ContainsFunc(keys, func(k *identity.AccessKey) bool { return k.Resource == f.Resource }) {
				continue
			}
			if k := keyOf(p.Model, r); k != nil && k.Active() == value.No {
				return at(inapplicable("The key is Inactive; the others of %s are too many.", userWords(k)), "the finding", f.Span, f.Resource.Address)
			}
			return answered(f, "The finding names '%s', another key of %s.", f.Resource.Address, userWords(keys[0]))
		}
		return unexplained(proof.Violated, nil)
	}
	t := compliant("%s has %s declared in this root module that may be active.", upperFirst(userWords(keys[0])), number(len(active)+len(maybe), "access key"))
	if len(keys) > len(active)+len(maybe) {
		t = compliant("Of the %d access keys of %s %s may be active.", len(keys), userWords(keys[0]), number(len(active)+len(maybe), "one"))
	}
	for _, k := range keys {
		what := "an active key"
		if k.Active() == value.No {
			what = "an inactive key"
		}
		t = at(t, what, keySpan(k), k.Resource.Address)
	}
	return t
}

func number(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun
	case 1:
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func tellKeyRotation(p *analyzer.Pass, r *terraform.Resource) *analyzer.Told {
	if t := keysUnseen(p); t != nil {
		return t
	}
	k := keyOf(p.Model, r)
	if k == nil {
		keys := keysOf(p.Model, userOf(p.Model, r))
		if len(keys) == 0 {
			return inapplicable("No access key is declared for the user.")
		}
		k, r = keys[0], keys[0].Resource
	}
	limit := p.Settings.KeyAgeLimit()
	switch {
	case k.Active() == value.No:
		return at(inapplicable("The key is Inactive: there is nothing to rotate."), "its status", r.AttributeSpan("status"), "")
	case toGo(p, k):
		return inapplicable("Another rule wants the key gone, so there is no use in rotating it.")
	}
	if by := identity.RotationOf(r); by.EachRun {
		return compliant("The key is replaced each time Terraform runs.")
	}
	if text, ok := r.Attr("create_date").Text(); ok {
		return at(compliant("The key was made on %s, which is no more than %d days ago.", text, limit), "the key", r.Header, "")
	}
	if r.Header.IsZero() {
		return inapplicable("What replaces the key stands in the configuration, which is not in this scan, and the plan gives no date of it.")
	}
	return inapplicable("It is not known whether the key exists or is active, and nothing here replaces it: its date would decide.")
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
