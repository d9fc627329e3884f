package proof

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// A hypothesis is what an unknown principal may be.
type hypothesis struct {
	of      unknownPrincipal
	callers []caller
}

// unnamedAccount stands for the account of a principal that is not known.
const unnamedAccount = "000000000000"

// hypotheses are what a principal may turn out to be: of what is known of it,
// an account, a user or a role.
func (t *trust) hypotheses(u unknownPrincipal) []hypothesis {
	account := u.principal.Account
	if account == "" {
		account = unnamedAccount
	}
	whole := t.everybody(account)
	users, roles := t.somebody(policy.UserCaller, account, u.principal), t.somebody(policy.RoleCaller, account, u.principal)
	var out []hypothesis
	for _, callers := range map[policy.PrincipalClass][][]caller{
		policy.AccountPrincipal:     {whole},
		policy.UserPrincipal:        users,
		policy.RolePrincipal:        roles,
		policy.AssumedRolePrincipal: roles,
		policy.UnknownPrincipal:     slices.Concat([][]caller{whole}, users, roles),
	}[u.principal.Class] {
		for i := range callers {
			callers[i].unknown = &u
		}
		out = append(out, hypothesis{u, callers})
	}
	return out
}

// somebody is one user or role, or several of which a list is known by its name
// alone, for every name that the policies can tell apart where it is not known.
func (t *trust) somebody(kind policy.CallerKind, account string, p policy.Principal) [][]caller {
	of := t.user
	if kind == policy.RoleCaller {
		of = t.role
	}
	found := []caller{of(account, p.Name)}
	if p.Name == "" {
		found = t.cast(kind, account, false, "unnamed")
	}
	list := p.Value != nil && p.Value.Ref != nil && strings.HasSuffix(p.Value.Ref.Attr, "arns") // any number
	var out [][]caller
	for _, c := range found {
		one := []caller{c}
		if list {
			one = append(one, of(account, "another"))
		}
		out = append(out, one)
	}
	return out
}

// A caller is somebody who may assume the role.
type caller struct {
	request *policy.Request // who, without what
	// named says that the policy names this very user or role; several callers
	// that are not named stand for all of their kind.
	named   bool
	session bool              // of a role: only this session of it
	singled bool              // conditions of the policy single out such callers
	member  bool              // of an organization that the policy means, in an account that nobody named
	unknown *unknownPrincipal // whom a hypothesis says it is
}

// partition is that of an account: the one given, else the one in the ARNs of
// the account's principals, else the one that the policy names.
func (t *trust) partition(account string) string {
	if t.opt.Partition != "" {
		return t.opt.Partition
	}
	for _, s := range t.doc.Statements {
		for _, p := range s.Principals {
			if p.Partition != "" && p.Account == account {
				return p.Partition
			}
		}
	}
	list, _ := partitionsOf(nil, []*policy.Document{t.doc})
	return list[0]
}

func (t *trust) user(account, name string) caller {
	r := userRequest(t.partition(account), account, base(name), withMFA)
	r.Caller.Path = pathOf(name)
	return t.open(r)
}

func (t *trust) role(account, name string) caller {
	r := roleRequest(t.partition(account), account, base(name))
	r.Caller.Path = pathOf(name)
	r.Caller.Session = "session-of-" + base(name)
	return t.open(r)
}

func base(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

func pathOf(name string) string { return "/" + name[:strings.LastIndexByte(name, '/')+1] }

// open leaves to choice what callers of a trusted account can choose.
func (t *trust) open(r *policy.Request) caller {
	for _, k := range []string{"aws:multifactorauthpresent", "aws:multifactorauthage", "aws:tokenissuetime"} {
		delete(r.Context, k)
	}
	if r.Caller.Kind == policy.RoleCaller {
		delete(r.Context, "aws:sourceidentity")
	}
	r.Action = ""
	return caller{request: r}
}

// callers are representatives of everybody whom the policy may admit: of accounts
// that it names, and where it may admit principals of others, of these.
func (t *trust) callers() []caller {
	accounts := slices.Clone(t.accounts)
	var out []caller
	if t.any {
		accounts = union(accounts, union(accountsIn(append([]*policy.Document{t.doc}, t.opt.RCPs...)), []string{t.own}))
		for _, s := range t.doc.Statements {
			for _, p := range s.Principals { // of whoever may set a source identity, say
				if p.Account != "" {
					accounts = union(accounts, []string{p.Account})
				}
			}
		}
		out = t.everybody("")
	}
	for _, a := range accounts {
		out = append(out, t.everybody(a)...)
	}
	for _, s := range t.doc.Statements {
		for _, p := range s.Principals {
			if c, ok := t.principalCaller(p); ok {
				c.named = s.Effect != policy.Deny
				out = append(out, c)
			}
		}
	}
	if t.any && t.meansOrganization() {
		for _, c := range t.everybody("") {
			c.member = true
			out = append(out, c)
		}
	}
	return distinct(out)
}

// meansOrganization says that the policies tell members of an organization from
// others: by the organization, or by something that is not known.
func (t *trust) meansOrganization() bool {
	if len(t.met) > 0 {
		return true
	}
	found := false
	for _, d := range append([]*policy.Document{t.doc}, t.opt.RCPs...) {
		for _, s := range d.Statements {
			for i := range s.Conditions {
				found = found || slices.ContainsFunc(keysIn(&s.Conditions[i]), func(k string) bool { return strings.HasPrefix(k, "aws:principalorg") })
			}
		}
	}
	return found
}

// everybody is two of the users and two of the roles of an account for every way
// in which the policies can tell them apart; for "" of every account that nobody
// named.
func (t *trust) everybody(account string) []caller {
	// Two of each kind: one caller alone does not show that a name which it may use, another
	// may use as well (markShared).
	users := append(t.cast(policy.UserCaller, account, true), t.namesakes(account)...)
	return append(users, t.cast(policy.RoleCaller, account, true)...)
}

// cast is users or roles of an account, or for "" of those that nobody named.
func (t *trust) cast(kind policy.CallerKind, account string, twice bool, names ...string) []caller {
	c := t.casting(kind, account)
	c.names, c.twice = names, twice
	found, complete := c.cast()
	t.incomplete = t.incomplete || !complete
	var out []caller
	for i, singled := range c.singled(found) {
		one := t.of(found[i])
		one.singled = singled
		out = append(out, one)
	}
	return out
}

func (t *trust) casting(kind policy.CallerKind, account string) *casting {
	c := &casting{callerTests: t.tests, partition: t.partition(account), kind: kind, account: account}
	if account == "" {
		c.not = t.known
	}
	return c
}

// of is a caller, what the request leaves open still to be chosen.
func (t *trust) of(c *policy.Caller) caller {
	r := userRequest(c.Partition, c.Account, c.Name, withMFA)
	if c.Kind == policy.RoleCaller {
		r = roleRequest(c.Partition, c.Account, c.Name)
	}
	r.Caller = c
	return t.open(r)
}

// principalCaller is the user or role that a principal names.
func (t *trust) principalCaller(p policy.Principal) (c caller, ok bool) {
	if p.Account == "" || p.Name == "" {
		return c, false
	}
	switch p.Class {
	case policy.UserPrincipal:
		return t.user(p.Account, p.Name), true
	case policy.RolePrincipal:
		return t.role(p.Account, p.Name), true
	case policy.AssumedRolePrincipal:
		role, session, _ := strings.Cut(p.Name, "/")
		c = t.role(p.Account, role)
		c.request.Caller.Session, c.session = session, true
		return c, true
	}
	return c, false
}

// distinct leaves out callers that are the same; a named one stays.
func distinct(in []caller) []caller {
	var out []caller
	type who struct {
		policy.Caller
		member bool
	}
	at := map[who]int{}
	for _, c := range in {
		key := who{*c.request.Caller, c.member}
		if i, ok := at[key]; ok {
			out[i].named, out[i].session = out[i].named || c.named, out[i].session || c.session
			continue
		}
		at[key] = len(out)
		out = append(out, c)
	}
	return out
}

// cutARN takes off the first five segments of an ARN.
func cutARN(text string) (head, resource string, ok bool) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 {
		return text, "", false
	}
	return strings.Join(parts[:5], ":"), parts[5], true
}

// words are who a caller is. An account that the policy does not name is an
// example: of any, or of those whose principals meet its conditions.
func (t *trust) words(c caller, anyone bool) string {
	r := c.request.Caller
	of := "of account " + r.Account
	switch {
	case c.unknown != nil:
		return "somebody"
	case r.Account == t.opt.example:
		of = "of that account"
	case !slices.Contains(t.accounts, r.Account) && r.Account != t.opt.Account:
		of = "of any account"
		if !anyone {
			of = "that meets the conditions"
		}
	}
	if c.singled && of != "that meets the conditions" {
		of += " that meets the conditions"
	}
	switch {
	case c.named && r.Kind == policy.RoleCaller:
		return fmt.Sprintf("a session of role %s %s", r.Name, of)
	case c.named:
		return fmt.Sprintf("user %s %s", r.Name, of)
	case r.Kind == policy.RoleCaller:
		return "any role " + of
	}
	return fmt.Sprintf("any user %s, such as %s,", of, r.Name)
}
