package checks

import (
	"fmt"
	"slices"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/proof"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

func keyOf(m *identity.Model, r *terraform.Resource) *identity.AccessKey {
	i := slices.IndexFunc(m.Keys, func(k *identity.AccessKey) bool { return k.Resource == r })
	if i < 0 {
		return nil
	}
	return m.Keys[i]
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
	together, why := identity.CreatedTogether(key.Resource, u)
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
	groups := p.Model.KeysByUser()
	i := slices.IndexFunc(groups, in)
	if i < 0 {
		if keyOf(p.Model, r) != nil {
			return inapplicable("Whose key it is, is not known, and no other one names its user in the same words.")
		}
		return compliant("No access key is declared for the user.")
	}
	keys := groups[i]
	active, maybe := identity.ActiveKeys(keys)
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
