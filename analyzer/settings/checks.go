package settings

import (
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

var (
	accountID  = regexp.MustCompile(`^\d{12}$`)
	actionGlob = regexp.MustCompile(`^[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+$`)
	userGlob   = regexp.MustCompile(`^[\w+=,.@*?-]{1,64}$`)
)

// IsAccountID says whether the text has the form of an AWS account ID.
func IsAccountID(text string) bool { return accountID.MatchString(text) }

func account(r *reader, name string, t text) bool {
	if IsAccountID(t.string) {
		return true
	}
	r.errorf(t.at, "%s: %q is not an account id: write its 12 digits, in quotes and without hyphens", name, t.string)
	return false
}

// action is what root may be left: of a service, or a pattern of such.
func action(r *reader, name string, t text) bool {
	if actionGlob.MatchString(t.string) {
		return true
	}
	r.errorf(t.at, "%s: %q is not an action: write SERVICE:ACTION, such as s3:DeleteBucketPolicy", name, t.string)
	return false
}

// user names users: by a pattern of their name, or by a tag.
func user(r *reader, name string, t text) bool {
	tag, isTag := strings.CutPrefix(t.string, "tag:")
	key, _, _ := strings.Cut(tag, "=")
	switch {
	case isTag && (key == "" || strings.TrimSpace(key) != key || len(key) > 128):
		r.errorf(t.at, "%s: %q names no tag: write tag:KEY or tag:KEY=VALUE", name, t.string)
	case isTag, userGlob.MatchString(t.string):
		return true
	default:
		r.errorf(t.at, "%s: no user can be called %q: write a name, in which * and ? are wildcards, or tag:KEY=VALUE", name, t.string)
	}
	return false
}

// glob is a pattern of directories.
func glob(r *reader, name string, t text) bool {
	switch _, err := path.Match(t.string, ""); {
	case t.string == "" || err != nil:
		r.errorf(t.at, "%s: %q is not a pattern of directories: write one such as **/examples", name, t.string)
	case strings.HasPrefix(t.string, "/") || strings.HasPrefix(path.Clean(t.string), ".."):
		r.errorf(t.at, "%s: %q lies outside of what is searched: write a path below it, or **/ and a name", name, t.string)
	default:
		return true
	}
	return false
}

// allowedCIDRs reads ranges of addresses, none of which holds another.
func allowedCIDRs(r *reader, s *Settings, a *hclsyntax.Attribute) {
	var have []netip.Prefix
	for _, t := range r.texts(a.Name, a.Expr) {
		p, ok := r.prefix(a.Name, t)
		if !ok {
			continue
		}
		for i, other := range have {
			if p.Overlaps(other) {
				wide, narrow := other, p
				if p.Bits() < other.Bits() {
					wide, narrow = p, other
				}
				r.errorf(t.at, "%s: %s holds %s, which the list has as well: leave %q out, or %q", a.Name, wide, narrow, s.AllowedCIDRs[i], t.string)
				ok = false
				break
			}
		}
		if ok {
			have, s.AllowedCIDRs = append(have, p), append(s.AllowedCIDRs, t.string)
		}
	}
}

// prefix is a range of addresses, or one address.
func (r *reader) prefix(name string, t text) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(t.string); err == nil && addr.Zone() == "" {
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	p, err := netip.ParsePrefix(t.string)
	switch {
	case err != nil:
		r.errorf(t.at, "%s: %q is not a range of addresses: write one such as 198.51.100.0/24 or 2001:db8::/32", name, t.string)
	case p.Bits() == 0:
		r.errorf(t.at, "%s: %q is the whole Internet: name your own networks, or leave the setting out", name, t.string)
	case p != p.Masked():
		r.errorf(t.at, "%s: %q is an address in a range, not the range: write %q, or %q for the address alone", name, t.string, p.Masked(), p.Addr())
	default:
		return p, true
	}
	return p, false
}

// severities reads a map from rules to severities.
func severities(r *reader, s *Settings, a *hclsyntax.Attribute) {
	pairs, diags := hcl.ExprMap(a.Expr)
	if diags.HasErrors() {
		r.errorf(a.Expr.Range(), "%s: write { RULE = \"low\" }", a.Name)
		return
	}
	for _, pair := range pairs {
		rule, ok := r.text(a.Name, pair.Key)
		if !ok {
			continue
		}
		severity, ok := r.text(a.Name+": "+rule.string, pair.Value)
		if ok && r.oneOf(a.Name+": "+rule.string, severity, "critical", "high", "medium", "low") {
			s.Severities = append(s.Severities, Severity{rule.string, severity.string, r.span(rule.at)})
		}
	}
}

// rules reads which rules are off.
func rules(r *reader, s *Settings, a *hclsyntax.Attribute) {
	pairs, diags := hcl.ExprMap(a.Expr)
	if diags.HasErrors() {
		r.errorf(a.Expr.Range(), "%s: write { RULE = false }", a.Name)
		return
	}
	for _, pair := range pairs {
		rule, ok := r.text(a.Name, pair.Key)
		if !ok {
			continue
		}
		on, ok := r.constant(a.Name+": "+rule.string, pair.Value)
		if ok && on.Type() != cty.Bool {
			r.errorf(pair.Value.Range(), "%s: %s stands where true or false has to", a.Name+": "+rule.string, article(on))
			ok = false
		}
		if ok {
			s.Rules = append(s.Rules, Rule{rule.string, on.True(), r.span(rule.at)})
		}
	}
}

// ignore reads which findings are known.
func ignore(r *reader, s *Settings, b *hclsyntax.Block) {
	out := Ignore{Span: r.span(b.TypeRange)}
	list := func(name string, to *[]string, check func(*reader, string, text) bool) func(hcl.Expression) {
		return func(x hcl.Expression) {
			for _, t := range r.texts("ignore: "+name, x) {
				if check(r, "ignore: "+name, t) {
					*to = append(*to, t.string)
				}
			}
		}
	}
	some := func(r *reader, name string, t text) bool {
		if t.string != "" {
			return true
		}
		r.errorf(t.at, "%s: a name is empty", name)
		return false
	}
	if len(b.Labels) > 0 {
		r.errorf(b.LabelRanges[0], "ignore: write ignore { … }, without a name")
		return
	}
	if !r.arguments(b, []string{"reason"}, map[string]func(hcl.Expression){
		"rules":     list("rules", &out.Rules, some),
		"paths":     list("paths", &out.Paths, glob),
		"addresses": list("addresses", &out.Addresses, some),
		"reason": func(x hcl.Expression) {
			if t, ok := r.text("ignore: reason", x); ok {
				if out.Reason = strings.TrimSpace(t.string); out.Reason == "" {
					r.errorf(t.at, "ignore: the reason is empty: say why these findings are accepted")
				}
			}
		},
		"until": func(x hcl.Expression) {
			if t, ok := r.text("ignore: until", x); ok {
				out.Until = t.string
				if _, err := time.Parse(time.DateOnly, t.string); err != nil {
					r.errorf(t.at, "ignore: until: %q is not a day: write one such as 2027-01-31", t.string)
				}
			}
		},
	}) {
		return
	}
	if len(out.Rules)+len(out.Paths)+len(out.Addresses) == 0 {
		r.errorf(b.TypeRange, "ignore: it would ignore everything: say which rules, paths or addresses")
		return
	}
	s.Ignores = append(s.Ignores, out)
}

// root reads one evaluation of a root module.
func root(r *reader, s *Settings, b *hclsyntax.Block) {
	dir, ok := r.label(b, "DIRECTORY")
	if !ok {
		return
	}
	out := Root{Dir: dir.string, Span: r.span(dir.at)}
	if r.arguments(b, []string{"var_files"}, map[string]func(hcl.Expression){
		"var_files": func(x hcl.Expression) {
			for _, t := range r.texts("root: var_files", x) {
				out.VarFiles = append(out.VarFiles, t.string)
			}
		},
	}) {
		s.Roots = append(s.Roots, out)
	}
}

// trustCondition reads a condition that is required of trust policies.
func trustCondition(r *reader, s *Settings, b *hclsyntax.Block) {
	key, ok := r.label(b, "aws:PrincipalOrgID")
	if !ok {
		return
	}
	out := TrustCondition{Span: r.span(b.DefRange())}
	out.Key = key.string
	list := func(name string, to *[]string, check func(*reader, string, text) bool) func(hcl.Expression) {
		return func(x hcl.Expression) {
			for _, t := range r.texts(b.Type+": "+name, x) {
				if check(r, b.Type+": "+name, t) {
					*to = append(*to, t.string)
				}
			}
		}
	}
	one := func(name string, to *string) func(hcl.Expression) {
		return func(x hcl.Expression) {
			if t, ok := r.text(b.Type+": "+name, x); ok {
				*to = t.string
			}
		}
	}
	among := func(list ...string) func(*reader, string, text) bool {
		return func(r *reader, name string, t text) bool { return r.oneOf(name, t, list...) }
	}
	whole := r.arguments(b, []string{"test", "values"}, map[string]func(hcl.Expression){
		"test": one("test", &out.Operator),
		"values": func(x hcl.Expression) {
			for _, v := range stringsOf(r.texts(b.Type+": values", x)) {
				out.Values = append(out.Values, strings.ReplaceAll(v, "&{", "${"))
			}
		},
		"principals":      list("principals", &out.Principals, among("user", "role")),
		"roles":           list("roles", &out.Roles, roleName),
		"except_roles":    list("except_roles", &out.ExceptRoles, roleName),
		"except_accounts": list("except_accounts", &out.ExceptAccounts, account),
		"severity": func(x hcl.Expression) {
			if t, ok := r.text(b.Type+": severity", x); ok && r.oneOf(b.Type+": severity", t, "critical", "high", "medium", "low") {
				out.Severity = t.string
			}
		},
		"message": one("message", &out.Message),
	})
	if !whole {
		return
	}
	if err := out.Validate(); err != nil {
		r.errorf(key.at, "%s: %s", b.Type, err)
		return
	}
	for _, o := range s.TrustConditions {
		if o.Required.String() == out.Required.String() && slices.Equal(o.Roles, out.Roles) && slices.Equal(o.Principals, out.Principals) {
			r.errorf(key.at, "%s: line %d requires the same: leave one of them out, or name all the roles in one", b.Type, o.Span.StartPos().Line)
			return
		}
	}
	s.TrustConditions = append(s.TrustConditions, out)
}

func roleName(r *reader, name string, t text) bool {
	if userGlob.MatchString(t.string) {
		return true
	}
	r.errorf(t.at, "%s: no role can be called %q: write a name without its path, in which * and ? are wildcards", name, t.string)
	return false
}
