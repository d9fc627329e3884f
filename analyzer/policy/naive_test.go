package policy

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
)

// This file decides policies a second time, from the text of AWS's
// documentation and nothing of the engine: encoding/json, regexp, big.Rat,
// net.IPNet and plain loops. Kleene's logic is spelled out with -1, 0, 1.

const (
	no    = -1
	maybe = 0
	yes   = 1
)

func naiveOf(b bool) int {
	if b {
		return yes
	}
	return no
}

// naiveRequest is everything a request carries, derived keys included, with
// lower-case names. A key that is not listed is absent.
type naiveRequest struct {
	callerARNs map[string]string // root, user, role, session, account, partition
	action     string
	resource   string
	context    map[string][]string
}

func naiveList(v any) []string {
	switch v := v.(type) {
	case []any:
		out := []string{}
		for _, e := range v {
			out = append(out, naiveList(e)...)
		}
		return out
	case bool:
		return []string{fmt.Sprint(v)}
	case json.Number:
		return []string{v.String()}
	}
	return []string{v.(string)}
}

// naiveExpand spells a pattern as a regexp. null says that a variable has no
// value. In a confined one no wildcard matches a colon but a * that ends a segment.
func naiveExpand(pattern, version string, wild, confined bool, r *naiveRequest) (expr string, null bool) {
	variable := naiveRegexp(`^\$\{([^},]*)(?:, '([^']*)')?\}`)
	for pattern != "" {
		if m := variable.FindStringSubmatch(pattern); m != nil && version == "2012-10-17" {
			switch values := r.context[strings.ToLower(m[1])]; {
			case m[1] == "*" || m[1] == "?" || m[1] == "$":
				expr += regexp.QuoteMeta(m[1])
			case len(values) == 1:
				expr += regexp.QuoteMeta(values[0])
			case strings.Contains(m[0], ","):
				expr += regexp.QuoteMeta(m[2])
			default:
				null = true
			}
			pattern = pattern[len(m[0]):]
			continue
		}
		switch c, rest := pattern[:1], strings.TrimLeft(pattern, "*"); {
		case wild && confined && (c == "?" || c == "*" && rest != "" && rest[0] != ':'):
			expr += map[string]string{"?": `[^:]`, "*": `[^:]*`}[c]
		case wild && c == "*":
			expr += `[\s\S]*`
		case wild && c == "?":
			expr += `[\s\S]`
		default:
			expr += regexp.QuoteMeta(c)
		}
		pattern = pattern[1:]
	}
	return expr, null
}

func naiveGlob(pattern, version, s string, wild, fold bool, r *naiveRequest) bool {
	expr, null := naiveExpand(pattern, version, wild, false, r)
	flags := ""
	if fold {
		flags = "(?i)"
	}
	return !null && naiveRegexp(flags+"^(?:"+expr+")$").MatchString(s)
}

var naiveRegexps = map[string]*regexp.Regexp{}

func naiveRegexp(expr string) *regexp.Regexp {
	if naiveRegexps[expr] == nil {
		naiveRegexps[expr] = regexp.MustCompile(expr)
	}
	return naiveRegexps[expr]
}

// naiveSplit cuts at the first n colons that are not inside ${…}.
func naiveSplit(s string, n int) []string {
	out, depth, from := []string{}, 0, 0
	for i := range s {
		switch {
		case strings.HasPrefix(s[i:], "${"):
			depth++
		case s[i] == '}' && depth > 0:
			depth--
		case s[i] == ':' && depth == 0 && len(out) < n:
			out, from = append(out, s[from:i]), i+1
		}
	}
	return append(out, s[from:])
}

func naiveARN(pattern, version, s string, negated bool, r *naiveRequest) int {
	// A ${…} in a document without variables is text, colons and all.
	ps, ss := strings.SplitN(pattern, ":", 6), strings.SplitN(s, ":", 6)
	if version == "2012-10-17" {
		ps = naiveSplit(pattern, 5)
	}
	if len(ps) != 6 || len(ss) != 6 {
		if negated {
			return maybe
		}
		return no
	}
	for i := range ps {
		if !naiveGlob(ps[i], version, ss[i], true, false, r) {
			return no
		}
	}
	return yes
}

// naiveCompare is the positive operator for one value of the policy and one of
// the request. Values of the wrong form are not generated.
func naiveCompare(base, version, want, got string, negated bool, r *naiveRequest) int {
	number := func(s string) *big.Rat { n, _ := new(big.Rat).SetString(s); return n }
	date := func(s string) *big.Rat {
		if t, err := time.Parse("2006-01-02T15:04:05Z07:00", s); err == nil {
			return big.NewRat(t.Unix(), 1)
		}
		if t, err := time.Parse("2006-01-02", s); err == nil {
			return big.NewRat(t.Unix(), 1)
		}
		return number(s)
	}
	switch {
	case base == "StringEquals":
		return naiveOf(naiveGlob(want, version, got, false, false, r))
	case base == "StringEqualsIgnoreCase":
		return naiveOf(naiveGlob(want, version, got, false, true, r))
	case base == "StringLike":
		return naiveOf(naiveGlob(want, version, got, true, false, r))
	case strings.HasPrefix(base, "Arn"):
		return naiveARN(want, version, got, negated, r)
	case base == "Bool":
		return naiveOf(strings.EqualFold(want, got))
	case base == "BinaryEquals":
		a, _ := base64.StdEncoding.DecodeString(want)
		b, _ := base64.StdEncoding.DecodeString(got)
		return naiveOf(string(a) == string(b))
	case base == "IpAddress":
		if !strings.Contains(want, "/") {
			return naiveOf(net.ParseIP(want).Equal(net.ParseIP(got)) && strings.Contains(want, ":") == strings.Contains(got, ":"))
		}
		_, block, _ := net.ParseCIDR(want)
		return naiveOf(strings.Contains(want, ":") == strings.Contains(got, ":") && block.Contains(net.ParseIP(got)))
	}
	read := number
	if strings.HasPrefix(base, "Date") {
		read = date
	}
	c := read(got).Cmp(read(want))
	switch strings.TrimPrefix(strings.TrimPrefix(base, "Numeric"), "Date") {
	case "Equals":
		return naiveOf(c == 0)
	case "LessThan":
		return naiveOf(c < 0)
	case "LessThanEquals":
		return naiveOf(c <= 0)
	case "GreaterThan":
		return naiveOf(c > 0)
	case "GreaterThanEquals":
		return naiveOf(c >= 0)
	}
	panic("no such operator: " + base)
}

// naiveNegated maps the negated operators to the positive ones.
var naiveNegated = map[string]string{
	"StringNotEquals": "StringEquals", "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase", "StringNotLike": "StringLike",
	"NumericNotEquals": "NumericEquals", "DateNotEquals": "DateEquals", "NotIpAddress": "IpAddress",
	"ArnNotEquals": "ArnEquals", "ArnNotLike": "ArnLike",
}

// naiveTyped are the keys whose type AWS documents, as far as they are
// generated, and the prefix of the operators that belong to them.
var naiveTyped = map[string]string{
	"aws:multifactorauthpresent": "Bool", "aws:sourceip": "Ip", "aws:multifactorauthage": "Numeric", "aws:currenttime": "Date",
}

func naiveCondition(operator, key, version string, values []string, r *naiveRequest) int {
	rest, set := operator, ""
	for _, p := range []string{"ForAllValues:", "ForAnyValue:"} {
		if s, ok := strings.CutPrefix(operator, p); ok {
			rest, set = s, p
		}
	}
	base, ifExists := strings.CutSuffix(rest, "IfExists")
	positive, negated := naiveNegated[base]
	if !negated {
		positive = base
	}
	key = strings.ToLower(key)
	got := []string{}
	for _, s := range r.context[key] {
		if s != "" {
			got = append(got, s)
		}
	}
	if len(values) == 0 {
		return maybe
	}
	if base == "Null" {
		result := no
		for _, v := range values {
			if strings.ToLower(v) == fmt.Sprint(len(got) == 0) {
				result = yes
			}
		}
		return result
	}
	family := naiveTyped[key]
	foreign := family != "" && !strings.Contains(positive, family)
	if len(got) == 0 {
		switch {
		case set == "ForAllValues:" && negated:
			return maybe // contested
		case set == "ForAllValues:":
			return yes
		case set == "ForAnyValue:" && (negated || ifExists):
			return maybe // not documented
		case set == "" && (negated || ifExists):
			return yes
		}
		return no
	}
	if foreign || set == "" && (len(got) > 1 || key == "aws:tagkeys") {
		return maybe
	}
	each := make([]int, len(got))
	for i, g := range got {
		any := no
		for _, v := range values {
			any = max(any, naiveCompare(positive, version, v, g, negated, r))
		}
		each[i] = any
		if negated {
			each[i] = -any
		}
	}
	result := each[0]
	for _, e := range each {
		if set == "ForAnyValue:" {
			result = max(result, e)
		} else {
			result = min(result, e)
		}
	}
	return result
}

func naivePrincipal(v any, r *naiveRequest) int {
	if v == "*" {
		return yes
	}
	result := no
	for kind, list := range v.(map[string]any) {
		if kind != "AWS" {
			continue // no service calls here
		}
		for _, p := range naiveList(list) {
			c := r.callerARNs
			if p == "*" || p == c["account"] || p == c["root"] || p == c["arn"] || p == c["session"] {
				result = yes
			}
		}
	}
	return result
}

func naiveResource(pattern, version string, r *naiveRequest) int {
	if !naiveGlob(pattern, version, r.resource, true, false, r) {
		return no
	}
	if expr, _ := naiveExpand(pattern, version, true, true, r); !naiveRegexp("^(?:" + expr + ")$").MatchString(r.resource) {
		return maybe // it matches only where a wildcard crosses a colon
	}
	return yes
}

func naiveStatement(s map[string]any, version string, r *naiveRequest) int {
	result := yes
	element := func(name string, f func(string) int) {
		for _, n := range []string{name, "Not" + name} {
			v, ok := s[n]
			if !ok {
				continue
			}
			any := no
			for _, p := range naiveList(v) {
				any = max(any, f(p))
			}
			if n != name {
				any = -any
			}
			result = min(result, any)
		}
	}
	element("Action", func(p string) int { return naiveOf(naiveGlob(p, "", r.action, true, true, r)) })
	element("Resource", func(p string) int { return naiveResource(p, version, r) })
	if p, ok := s["Principal"]; ok {
		result = min(result, naivePrincipal(p, r))
	}
	if c, ok := s["Condition"].(map[string]any); ok {
		for operator, keys := range c {
			for key, values := range keys.(map[string]any) {
				result = min(result, naiveCondition(operator, key, version, naiveList(values), r))
			}
		}
	}
	return result
}

func naiveDecide(doc map[string]any, r *naiveRequest) string {
	version, _ := doc["Version"].(string)
	denied, granted := no, no
	statements, list := doc["Statement"].([]any)
	if !list {
		statements = []any{doc["Statement"]}
	}
	for _, s := range statements {
		s := s.(map[string]any)
		if t := naiveStatement(s, version, r); s["Effect"] == "Deny" {
			denied = max(denied, t)
		} else {
			granted = max(granted, t)
		}
	}
	switch {
	case denied == yes:
		return "denied"
	case denied == no && granted == yes:
		return "allowed"
	case denied == no && granted == no:
		return "not-applicable"
	}
	return "unknown"
}

// generator makes random policies and requests that meet often.
type generator struct{ *rand.Rand }

func (g generator) pick(list ...string) string { return list[g.Intn(len(list))] }

func (g generator) some(f func() string) any {
	if g.Intn(2) == 0 {
		return f()
	}
	out := []any{}
	for range 1 + g.Intn(3) {
		out = append(out, f())
	}
	return out
}

// families are the operators and, for each, values of policies and requests.
func (g generator) values(family string) string {
	switch family {
	case "String":
		return g.pick("alice", "Alice", "al*", "*", "?lice", "a*c?", "${aws:username}", "${aws:username}*", "${*}", "${aws:PrincipalTag/team, 'x'}",
			"${aws:PrincipalTag/team}", "x", "$${aws:username}", "${AWS:USERID}", "bob", "${aws:PrincipalAccount}")
	case "Numeric":
		return g.pick("0", "3600", "3600.0", "43200", "-1", "3600.5")
	case "Date":
		return g.pick("2026-01-01T00:00:00Z", "2026-01-01", "1767225600", "2025-06-01T12:00:00+02:00")
	case "Bool":
		return g.pick("true", "false", "TRUE", "False")
	case "Binary":
		return g.pick("enp6", "YWJj", "")
	case "Ip":
		return g.pick("198.51.100.0/24", "198.51.100.7", "0.0.0.0/1", "2001:db8::/32", "::/0", "203.0.113.1", "0.0.0.0/0")
	case "Arn":
		return g.pick("arn:aws:iam::111122223333:root", "arn:aws:iam::*:root", "arn:*:iam::*:root", "*", "*:root", "arn:aws:iam::*:user/${aws:username}",
			"arn:aws:iam::111122223333:role/*", "arn:aws:iam::11112222????:user/alice", "arn:aws:iam:*:*:root")
	}
	return g.pick("true", "false", "True")
}

func (g generator) operator() (operator, family string) {
	base := g.pick("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike",
		"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals",
		"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals",
		"Bool", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "Null")
	for _, f := range []string{"String", "Numeric", "Date", "Bool", "Binary", "Ip", "Arn"} {
		if strings.Contains(base, f) {
			family = f
		}
	}
	if base == "Null" {
		return base, ""
	}
	if g.Intn(4) == 0 {
		base += "IfExists"
	}
	if g.Intn(5) == 0 {
		base = g.pick("ForAllValues:", "ForAnyValue:") + base
	}
	return base, family
}

// key is one whose values, when the request has it, the operator can read.
func (g generator) key(family string) string {
	switch family {
	case "Numeric":
		return g.pick("aws:MultiFactorAuthAge", "svc:Number")
	case "Date":
		return g.pick("aws:CurrentTime", "svc:Date")
	case "Bool":
		return g.pick("aws:MultiFactorAuthPresent", "AWS:multifactorauthpresent", "svc:Flag")
	case "Binary":
		return "svc:Blob"
	case "Ip":
		return g.pick("aws:SourceIp", "svc:Address")
	case "Arn":
		return "aws:PrincipalArn"
	case "String":
		return g.pick("aws:username", "aws:PrincipalArn", "sts:RoleSessionName", "aws:PrincipalTag/team", "AWS:principaltag/TEAM", "aws:TagKeys",
			"aws:MultiFactorAuthPresent", "aws:SourceIp", "aws:PrincipalType", "svc:Text")
	}
	return g.pick("aws:username", "aws:MultiFactorAuthPresent", "aws:SourceIp", "svc:Text", "aws:TagKeys")
}

func (g generator) statement() map[string]any {
	s := map[string]any{"Effect": g.pick("Allow", "Deny")}
	actions := func() string {
		return g.pick("*", "iam:*", "iam:CreateUser", "IAM:create*", "s3:Get?bject", "sts:AssumeRole", "*:Create*", "s3:*")
	}
	s[g.pick("Action", "Action", "Action", "NotAction")] = g.some(actions)
	if g.Intn(4) > 0 {
		s[g.pick("Resource", "Resource", "NotResource")] = g.some(func() string {
			return g.pick("*", "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::*:user/${aws:username}", "arn:aws:s3:::bucket/*", "arn:aws:*:user/alice", "arn:aws:iam:*:user/*")
		})
	}
	switch g.Intn(4) {
	case 0:
		s["Principal"] = "*"
	case 1:
		s["Principal"] = map[string]any{"AWS": g.some(func() string {
			return g.pick("111122223333", "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/dev", "arn:aws:sts::111122223333:assumed-role/dev/alice", "*")
		}), "Service": "ec2.amazonaws.com"}
	}
	conditions := map[string]any{}
	for range g.Intn(3) {
		operator, family := g.operator()
		conditions[operator] = map[string]any{g.key(family): g.some(func() string { return g.values(family) })}
	}
	if len(conditions) > 0 {
		s["Condition"] = conditions
	}
	return s
}

func (g generator) document() map[string]any {
	d := map[string]any{}
	if v := g.pick("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17", ""); v != "" {
		d["Version"] = v
	}
	list := []any{}
	for range 1 + g.Intn(3) {
		list = append(list, g.statement())
	}
	d["Statement"] = list
	return d
}

// request makes one request twice: for the engine and for the naive evaluator.
func (g generator) request() (*Request, *naiveRequest) {
	const account = "111122223333"
	n := &naiveRequest{
		action:     g.pick("iam:CreateUser", "s3:GetObject", "sts:AssumeRole", "ec2:RunInstances"),
		resource:   g.pick("arn:aws:iam::111122223333:user/alice", "arn:aws:s3:::bucket/x", "arn:aws:iam:x:1:2:user/alice", "*"),
		callerARNs: map[string]string{"account": account, "root": "arn:aws:iam::" + account + ":root"},
		context:    map[string][]string{"aws:principalaccount": {account}},
	}
	r := &Request{Action: n.action, Resource: n.resource, Context: map[string]ContextValue{}}
	arn := ""
	switch g.Intn(3) {
	case 0:
		r.Caller = &Caller{Kind: RootCaller, Account: account}
		arn = "arn:aws:iam::" + account + ":root"
		n.context["aws:principaltype"], n.context["aws:userid"] = []string{"Account"}, []string{account}
	case 1:
		name := g.pick("alice", "bob")
		r.Caller = &Caller{Kind: UserCaller, Account: account, Name: name, ID: "AIDAEXAMPLE"}
		arn = "arn:aws:iam::" + account + ":user/" + name
		n.context["aws:principaltype"], n.context["aws:userid"], n.context["aws:username"] = []string{"User"}, []string{"AIDAEXAMPLE"}, []string{name}
	default:
		r.Caller = &Caller{Kind: RoleCaller, Account: account, Name: "dev", Session: "alice", ID: "AROAEXAMPLE"}
		arn = "arn:aws:iam::" + account + ":role/dev"
		n.callerARNs["session"] = "arn:aws:sts::" + account + ":assumed-role/dev/alice"
		n.context["aws:principaltype"], n.context["aws:userid"] = []string{"AssumedRole"}, []string{"AROAEXAMPLE:alice"}
	}
	n.callerARNs["arn"], n.context["aws:principalarn"] = arn, []string{arn}
	for _, k := range [...][2]string{
		{"aws:MultiFactorAuthPresent", "Bool"}, {"aws:SourceIp", "Ip"}, {"aws:MultiFactorAuthAge", "Numeric"}, {"aws:CurrentTime", "Date"},
		{"svc:Blob", "Binary"}, {"svc:Number", "Numeric"}, {"svc:Date", "Date"}, {"svc:Flag", "Bool"}, {"svc:Address", "Ip"},
		{"svc:Text", "String"}, {"sts:RoleSessionName", "String"}, {"aws:PrincipalTag/team", "String"}, {"aws:TagKeys", "String"},
	} {
		key, family := k[0], k[1]
		value := g.contextValue(family)
		switch {
		case g.Intn(3) == 0:
		case key == "aws:TagKeys" || key == "svc:Text" && g.Intn(3) == 0:
			other := g.contextValue(family)
			r.Context[key], n.context[strings.ToLower(key)] = Many(value, other), []string{value, other}
		default:
			r.Context[key], n.context[strings.ToLower(key)] = One(value), []string{value}
		}
	}
	return r, n
}

func (g generator) contextValue(family string) string {
	switch family {
	case "Ip":
		return g.pick("198.51.100.7", "203.0.113.1", "2001:db8::1", "2606:4700::1", "9.9.9.9")
	case "String":
		return g.pick("alice", "Alice", "bob", "x", "alicex", "*", "${aws:username}")
	}
	return g.values(family)
}

// TestAgainstNaive: the engine and the naive evaluator agree on random
// policies and requests.
func TestAgainstNaive(t *testing.T) {
	rounds := 20_000
	if testing.Short() {
		rounds = 500
	}
	g := generator{rand.New(rand.NewSource(1))}
	seen := map[Outcome]int{}
	for i := range rounds {
		doc := g.document()
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		d := mustParse(t, string(text))
		if d.Malformed() {
			t.Fatalf("%s is malformed: %v", text, d.Problems)
		}
		for range 3 {
			r, n := g.request()
			got := d.Decide(r).Outcome()
			seen[got]++
			if want := naiveDecide(doc, n); string(got) != want {
				t.Fatalf("round %d: engine %s, naive %s\npolicy %s\nrequest %+v\ncaller %+v", i, got, want, text, n, *r.Caller)
			}
		}
	}
	for _, o := range []Outcome{Denied, Allowed, NotApplicable, Undecided} {
		if seen[o] < rounds/50 {
			t.Errorf("%d decisions in %d are %s: the generator is too dull", seen[o], 3*rounds, o)
		}
	}
}
