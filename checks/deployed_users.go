package checks

import (
	"fmt"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/credential"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/organization"
	"github.com/iamvet/iamvet/analyzer/proof"
)

func reportedKeyAtCreation(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	if p.Settings.Machine(r.User, tagsReported(r)) {
		return nil
	}
	if i := r.KeyAtCreation(); i >= 0 {
		k := r.Row.Keys[i]
		severity, with := analyzer.Medium, ""
		if r.Console() == credential.Yes {
			with = ", and has a console password"
			if k.LastUsed.IsZero() {
				severity, with = analyzer.High, ", has a console password, and has never used the key"
			}
		}
		return deployedFinding(r, severity, "deployed-at-creation",
			fmt.Sprintf("%s got an access key within seconds of being created (access key %d, %s)%s.%s", upperFirst(who(p, r)), i+1, k.Rotated.Format(time.RFC3339), with, outside(p, r, true)))
	}
	if i := r.UntouchedKey(); i >= 0 && r.Console() == credential.Yes {
		return deployedFinding(r, analyzer.Medium, "deployed-untouched",
			fmt.Sprintf("%s has a console password and an active access key that was never used (access key %d, %s); delete it until somebody asks for it.%s", upperFirst(who(p, r)), i+1, history(r.Row.Keys[i].Rotated, time.Time{}), outside(p, r, true)))
	}
	return nil
}

// tagsReported are the tags of the declared user, as far as they are known.
func tagsReported(r *identity.Reported) map[string]string {
	if u := r.Owner(); u != nil {
		return u.KnownTags()
	}
	return nil
}

// requiresMFA says that the service control policies of the account, or the
// policies of the user, as deployed where that is known and else as declared, deny
// everything without MFA but what enrols a device.
func requiresMFA(p *analyzer.Pass, r *identity.Reported) bool {
	u, m := r.Owner(), p.Model
	if deployed, account := p.Model.DeployedRow(r.Row); deployed != nil {
		u, m = deployed, account.Model
	}
	levels := organization.Guardrails(p.Model, r.Account)
	if organization.Guarded(levels, proof.User{Name: r.User, Partition: r.Partition, Account: r.Account, TagsOpen: true, Now: p.Now}) {
		return true
	}
	if u == nil {
		return false
	}
	bindings := m.PermissionsOf(u)
	return len(bindings.Policies) > 0 && organization.DecideUser(u, r.Account, bindings, levels, p.Now).Class == proof.Enforced
}

func reportedMultipleKeys(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	switch r.TwoActiveKeys() {
	case credential.No:
		return nil
	case credential.Unsaid:
		return unsaid(r, analyzer.Medium, "deployed-two-keys", who(p, r)+" has two active access keys", "access_key_1_active and access_key_2_active")
	}
	a, b := r.Row.Keys[0], r.Row.Keys[1]
	rotation := ""
	if newer := later(a.Rotated, b.Rotated); !newer.IsZero() && !p.Now.IsZero() && p.Now.Sub(newer) <= 30*credential.Day {
		rotation = " The newer one is less than a month old: if this is a rotation, end it."
	}
	return deployedFinding(r, analyzer.Medium, "deployed-two-keys",
		fmt.Sprintf("%s has two active access keys (1: %s; 2: %s); set the one that is not in use Inactive.%s%s", upperFirst(who(p, r)), history(a.Rotated, a.LastUsed), history(b.Rotated, b.LastUsed), rotation, outside(p, r, true)))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func reportedKeyRotation(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	limit := p.Settings.KeyAgeLimit()
	if p.Now.IsZero() {
		return nil
	}
	switch r.KeyOlderThan(p.Now, time.Duration(limit)*credential.Day) {
	case credential.No:
		return nil
	case credential.Unsaid:
		return unsaid(r, analyzer.Medium, "deployed-old-key", fmt.Sprintf("an access key of %s is older than %d days", who(p, r), limit), "access_key_1_last_rotated and access_key_2_last_rotated")
	}
	var old []string
	for i, k := range r.Row.Keys {
		if k.OlderThan(p.Now, time.Duration(limit)*credential.Day) == credential.Yes {
			old = append(old, fmt.Sprintf("access key %d is %d days old (%s)", i+1, daysAgo(p.Now, k.Rotated), history(k.Rotated, k.LastUsed)))
		}
	}
	return deployedFinding(r, analyzer.Medium, "deployed-old-key",
		fmt.Sprintf("%s does not rotate keys within %d days: %s.%s", upperFirst(who(p, r)), limit, strings.Join(old, "; "), outside(p, r, true)))
}

func reportedConsoleMFA(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	if p.Settings.BreakGlass(r.User, tagsReported(r)) {
		return nil
	}
	switch r.WithoutMFA() {
	case credential.Yes:
		if requiresMFA(p, r) {
			return deployedFinding(r, analyzer.Medium, "deployed-without-device",
				fmt.Sprintf("%s has a console password and no MFA device: the policies that bind the user deny everything else without MFA, but whoever has the password may enrol a device of their own.", upperFirst(who(p, r))))
		}
		f := deployedFinding(r, analyzer.High, "deployed-without-mfa",
			fmt.Sprintf("%s has a console password and no MFA device: the password alone lets anybody in.%s", upperFirst(who(p, r)), outside(p, r, false)))
		f.Witness = &analyzer.Witness{
			Principal: r.ARN, Action: "signin:ConsoleLogin", Context: map[string]string{"aws:MultiFactorAuthPresent": "false"},
			Words: "whoever knows the password, in a console session without MFA",
		}
		return f
	case credential.Unsaid:
		return unsaid(r, analyzer.High, "deployed-without-mfa", who(p, r)+" may sign in without MFA", "password_enabled and mfa_active")
	}
	return reportedKeyWithoutMFA(p, r)
}

// reportedKeyWithoutMFA is for a user with a device whose policies ask for MFA in
// the console alone, and who has a key. A deployed user is decided with its account.
func reportedKeyWithoutMFA(p *analyzer.Pass, r *identity.Reported) *analyzer.Finding {
	u := r.Owner()
	if deployed, _ := p.Model.DeployedRow(r.Row); deployed != nil || u == nil || r.Console().And(r.HasActiveKey()) != credential.Yes {
		return nil
	}
	bindings := p.Model.PermissionsOf(u)
	result := organization.DecideUser(u, r.Account, bindings, organization.Guardrails(p.Model, r.Account), p.Now)
	if len(bindings.Policies) == 0 || result.Class != proof.ConsoleOnly {
		return nil
	}
	f := deployedFinding(r, analyzer.Medium, "deployed-key-without-mfa",
		fmt.Sprintf("%s needs MFA in the console, but not with the access key that it also has: its policies let requests without aws:MultiFactorAuthPresent pass; deny those as well.%s", upperFirst(who(p, r)), outside(p, r, true)))
	f.Witness = request(result.Witness)
	return f
}
