package checks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
)

// A policy with unknown parts is all the policies that it may be. The tests here
// make random policies of which random parts hang on variables without a value,
// in each way that people write such parts, and compare the verdict with that of
// every completion.

// tests is how many variables the parts hang on: there are 1<<tests completions.
const tests = 3

// An option is a part that is there only where a test holds (or, inverted, where
// it does not); test -1 is always there.
type option struct {
	test     int
	inverted bool
}

var always = option{test: -1}

// expr is the test as an expression.
func (o option) expr() string {
	if o.inverted {
		return fmt.Sprintf("!local.c%d", o.test)
	}
	return fmt.Sprintf("local.c%d", o.test)
}

// A word is a text that may be missing, or that is another where a test fails.
type word struct {
	text string
	when option
	or   string // "": missing
}

type condition struct {
	operator, key string
	values        []word
	when          option
}

type principals struct {
	typ   string
	names []word
	when  option
}

type statement struct {
	effect     word
	action     string // Action or NotAction
	actions    []word
	principals []principals // of different types
	resource   bool
	conditions []condition // of different operators or keys
	when       option
}

// generator makes parts at random.
type generator struct{ *rand.Rand }

func (g generator) pick(s ...string) string { return s[g.IntN(len(s))] }

func (g generator) option(oneIn int) option {
	if g.IntN(oneIn) > 0 {
		return always
	}
	return option{g.IntN(tests), g.IntN(3) == 0}
}

// words are some of the texts, the first of them always there.
func (g generator) words(texts ...string) []word {
	g.Shuffle(len(texts), func(i, j int) { texts[i], texts[j] = texts[j], texts[i] })
	var out []word
	for i, t := range texts[:1+g.IntN(min(3, len(texts)))] {
		w := word{text: t, when: always}
		switch {
		case i > 0:
			w.when = g.option(2)
		case len(texts) > 3 && g.IntN(5) == 0:
			w.when, w.or = g.option(1), texts[len(texts)-1]
		}
		out = append(out, w)
	}
	return out
}

func (g generator) effect(deny int) word {
	w := word{text: "Allow", when: always}
	if g.IntN(100) < deny {
		w.text = "Deny"
	}
	if g.IntN(12) == 0 {
		w = word{text: "Allow", when: g.option(1), or: "Deny"}
	}
	return w
}

func (g generator) trustStatement() statement {
	s := statement{effect: g.effect(25), action: "Action", when: g.option(3)}
	s.actions = g.words("sts:AssumeRole", "sts:*", "sts:TagSession", "sts:AssumeRoleWithWebIdentity")
	if g.IntN(2) == 0 {
		s.actions = []word{{text: "sts:AssumeRole", when: always}}
	}
	const provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
	for i, p := range []principals{
		{"AWS", g.words("*", "arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root", "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/ci"), always},
		{"Service", g.words("ec2.amazonaws.com", "lambda.amazonaws.com"), g.option(2)},
		{"Federated", []word{{text: provider, when: always}}, g.option(2)},
	} {
		if s.effect.text == "Deny" && i > 0 {
			break
		}
		if g.IntN(3) > min(i, 1) {
			s.principals = append(s.principals, p)
		}
	}
	if len(s.principals) == 0 {
		s.principals = []principals{{"AWS", g.words("arn:aws:iam::111122223333:root", "*"), always}}
	}
	s.principals[0].when = always
	s.conditions = g.conditions(
		condition{g.pick("StringEquals", "StringLike", "StringNotEquals"), "sts:RoleSessionName", g.words("${aws:username}", "ci", "ci-*", "*"), always},
		condition{g.pick("StringEquals", "StringNotEquals", "StringEqualsIfExists"), "aws:PrincipalOrgID", g.words("o-a1b2c3d4e5", "o-f6g7h8i9j0"), always},
		condition{"ArnLike", "aws:PrincipalArn", g.words("arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:user/alice", "*"), always},
		condition{g.pick("Bool", "BoolIfExists"), "aws:MultiFactorAuthPresent", []word{{text: "true", when: always}}, always},
		condition{g.pick("StringEquals", "StringLike"), "token.actions.githubusercontent.com:sub", g.words("repo:example/app:ref:refs/heads/main", "repo:example/*", "repo:*", "*"), always},
		condition{"StringEquals", "token.actions.githubusercontent.com:aud", []word{{text: "sts.amazonaws.com", when: always}}, always},
	)
	return s
}

// conditions are some of those given, perhaps.
func (g generator) conditions(all ...condition) []condition {
	var out []condition
	for _, c := range all {
		if g.IntN(3) == 0 {
			c.when = g.option(2)
			out = append(out, c)
		}
	}
	return out
}

func (g generator) denial(deny int) statement {
	s := statement{effect: g.effect(deny), action: g.pick("Action", "NotAction"), resource: true, when: g.option(3)}
	s.actions = []word{{text: "*", when: always}}
	switch {
	case s.action == "NotAction":
		s.actions = g.words("iam:EnableMFADevice", "iam:CreateVirtualMFADevice", "iam:ListMFADevices", "sts:GetSessionToken", "s3:*")
	case g.IntN(3) == 0:
		s.actions = g.words("*", "iam:*", "s3:*", "ec2:RunInstances")
	}
	mfa := word{text: "false", when: always}
	if g.IntN(6) == 0 {
		mfa = word{text: "false", when: g.option(1), or: "true"}
	}
	s.conditions = g.conditions(
		condition{g.pick("BoolIfExists", "BoolIfExists", "Bool"), "aws:MultiFactorAuthPresent", []word{mfa}, always},
		condition{g.pick("ArnLike", "StringLike"), "aws:PrincipalArn", g.words("arn:aws:iam::*:root", "arn:aws:iam::*:user/*", "*"), always},
		condition{"NotIpAddress", "aws:SourceIp", g.words("203.0.113.0/24", "198.51.100.0/24", "0.0.0.0/0"), always},
		condition{"Bool", "aws:ViaAWSService", []word{{text: "false", when: always}}, always},
		condition{"StringNotEquals", "aws:RequestedRegion", g.words("eu-west-1", "eu-central-1"), always},
	)
	return s
}

func (g generator) scpStatement() statement  { return g.denial(100) }
func (g generator) userStatement() statement { return g.denial(60) }

// A subject is what random policies are attached to.
type subject struct {
	name      string
	rules     string
	statement func(generator) statement
	// main is the rest of the configuration; resource, attribute and arguments
	// are where the policy goes.
	main, resource, attribute, arguments string
}

var subjects = []subject{
	{
		name: "trust", rules: "IV201 IV202 IV203", statement: generator.trustStatement,
		resource: "aws_iam_role", attribute: "assume_role_policy", arguments: `"name": "subject"`,
		main: `provider "aws" { allowed_account_ids = ["111122223333"] }`,
	},
	{
		name: "organization", rules: "IV102 IV105", statement: generator.scpStatement,
		resource: "aws_organizations_policy", attribute: "content", arguments: `"name": "subject"`,
		main: `resource "aws_organizations_organization" "this" {
  feature_set          = "ALL"
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}
resource "aws_organizations_policy_attachment" "this" {
  policy_id = aws_organizations_policy.subject.id
  target_id = aws_organizations_organization.this.roots[0].id
}`,
	},
	{
		name: "user", rules: "IV304", statement: generator.userStatement,
		resource: "aws_iam_user_policy", attribute: "policy", arguments: `"user": "alice"`,
		main: `resource "aws_iam_user" "alice" { name = "alice" }
resource "aws_iam_user_login_profile" "alice" { user = aws_iam_user.alice.name }
resource "aws_iam_user_policy" "allow" {
  user   = aws_iam_user.alice.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}`,
	},
}

// configuration is the subject with a policy of the statements: in one of the
// ways to write it, with the tests not known (completion -1) or known.
func (s subject) configuration(write func(writer, []statement) string, w writer, list []statement, completion int) fstest.MapFS {
	var locals strings.Builder
	for i := range tests {
		if completion < 0 {
			fmt.Fprintf(&locals, "variable \"c%d\" { type = bool }\nlocals { c%d = var.c%d }\n", i, i, i)
		} else {
			fmt.Fprintf(&locals, "locals { c%d = %t }\n", i, completion>>i&1 == 1)
		}
	}
	w.subject = s
	out := fstest.MapFS{"main.tf": {Data: []byte(locals.String() + s.main + "\n")}}
	name := "policy.tf"
	if w.json {
		name = "policy.tf.json"
	}
	out[name] = &fstest.MapFile{Data: []byte(write(w, list))}
	return out
}

// A writer writes policies. Where there is more than one way to write a part,
// it takes one at random.
type writer struct {
	generator
	subject subject
	json    bool // in a JSON file
}

// quote is an HCL string.
func quote(s string) string { return strings.ReplaceAll(strconv.Quote(s), "${", "$${") }

// list is a list with the elements, each an expression that is there under its
// option, or else or.
func (w writer) list(elems []string, when []option, or []string) string {
	var parts, plain []string
	flush := func() {
		if len(plain) > 0 {
			parts = append(parts, "["+strings.Join(plain, ", ")+"]")
			plain = nil
		}
	}
	for i, e := range elems {
		switch {
		case when[i].test < 0:
			plain = append(plain, e)
		case or[i] != "":
			plain = append(plain, fmt.Sprintf("%s ? %s : %s", when[i].expr(), e, or[i]))
		default:
			flush()
			parts = append(parts, fmt.Sprintf(w.pick("%[1]s ? [%[2]s] : []", "[for x in [%[2]s] : x if %[1]s]"), when[i].expr(), e))
		}
	}
	flush()
	if len(parts) == 1 {
		return parts[0]
	}
	return fmt.Sprintf(w.pick("concat(%s)", "flatten([%s])"), strings.Join(parts, ", "))
}

func (w writer) words(list []word) string {
	var elems, or []string
	var when []option
	for _, x := range list {
		elems, when = append(elems, quote(x.text)), append(when, x.when)
		if x.or != "" {
			or = append(or, quote(x.or))
		} else {
			or = append(or, "")
		}
	}
	return w.list(elems, when, or)
}

// object is an object with the members, each "key = value" under its option.
func (w writer) object(members []string, when []option) string {
	var parts, plain []string
	for i, m := range members {
		if when[i].test < 0 {
			plain = append(plain, m)
		} else {
			parts = append(parts, fmt.Sprintf("{ for k, v in { %s } : k => v if %s }", m, when[i].expr()))
		}
	}
	whole := "{ " + strings.Join(plain, ", ") + " }"
	if len(parts) == 0 {
		return whole
	}
	return "merge(" + strings.Join(append([]string{whole}, parts...), ", ") + ")"
}

// encoded is the statement as an expression.
func (w writer) encoded(s statement) string {
	effect := quote(s.effect.text)
	if s.effect.or != "" {
		effect = fmt.Sprintf("%s ? %s : %s", s.effect.when.expr(), effect, quote(s.effect.or))
	}
	members := []string{"Effect = " + effect, s.action + " = " + w.words(s.actions)}
	when := []option{always, always}
	if s.resource {
		members, when = append(members, `Resource = "*"`), append(when, always)
	}
	if len(s.principals) > 0 {
		var of []string
		var may []option
		for _, p := range s.principals {
			of, may = append(of, p.typ+" = "+w.words(p.names)), append(may, p.when)
		}
		members, when = append(members, "Principal = "+w.object(of, may)), append(when, always)
	}
	switch len(s.conditions) {
	case 0:
	case 1:
		c := s.conditions[0]
		members = append(members, fmt.Sprintf("Condition = { %s = { %s = %s } }", c.operator, quote(c.key), w.words(c.values)))
		when = append(when, c.when)
	default:
		byOperator := map[string][]condition{}
		var operators []string
		for _, c := range s.conditions {
			if byOperator[c.operator] == nil {
				operators = append(operators, c.operator)
			}
			byOperator[c.operator] = append(byOperator[c.operator], c)
		}
		var of []string
		for _, op := range operators {
			var keys []string
			var may []option
			for _, c := range byOperator[op] {
				keys, may = append(keys, quote(c.key)+" = "+w.words(c.values)), append(may, c.when)
			}
			of = append(of, op+" = "+w.object(keys, may))
		}
		members, when = append(members, "Condition = { "+strings.Join(of, ", ")+" }"), append(when, always)
	}
	return w.object(members, when)
}

// encode writes the policy with jsonencode.
func (w writer) encode(list []statement) string {
	var elems []string
	var when []option
	for _, s := range list {
		elems, when = append(elems, w.encoded(s)), append(when, s.when)
	}
	policy := fmt.Sprintf(`jsonencode({ Version = "2012-10-17", Statement = %s })`, w.list(elems, when, make([]string, len(elems))))
	if !w.json {
		return fmt.Sprintf("resource %q \"subject\" {\n  %s\n  %s = %s\n}\n", w.subject.resource, strings.Replace(w.subject.arguments[1:], `":`, " =", 1), w.subject.attribute, policy)
	}
	text, _ := json.Marshal("${" + policy + "}")
	return fmt.Sprintf(`{"resource": {%q: {"subject": {%s, %q: %s}}}}`, w.subject.resource, w.subject.arguments, w.subject.attribute, text)
}

// template writes the policy as JSON in a template.
func (w writer) template(list []statement) string {
	directive := func(o option, text string) string {
		if o.test < 0 {
			return text
		}
		return fmt.Sprintf("%%{ if %s }%s%%{ endif }", o.expr(), text)
	}
	words := func(list []word) string {
		var b strings.Builder
		for i, x := range list {
			text := strings.ReplaceAll(strconv.Quote(x.text), "${", "$${")
			if i > 0 {
				text = ", " + text
			}
			if x.or != "" {
				text = fmt.Sprintf(`"${%s ? %s : %s}"`, x.when.expr(), quote(x.text), quote(x.or))
			} else {
				text = directive(x.when, text)
			}
			b.WriteString(text)
		}
		return "[" + b.String() + "]"
	}
	var b strings.Builder
	b.WriteString(`{ "Version": "2012-10-17", "Statement": [` + "\n")
	for i, s := range list {
		effect := s.effect.text
		if s.effect.or != "" {
			effect = fmt.Sprintf("${%s ? %q : %q}", s.effect.when.expr(), s.effect.text, s.effect.or)
		}
		text := fmt.Sprintf("  { \"Effect\": %q, %q: %s", "EFFECT", s.action, words(s.actions))
		text = strings.Replace(text, "EFFECT", effect, 1)
		if s.resource {
			text += `, "Resource": "*"`
		}
		if len(s.principals) > 0 {
			text += `, "Principal": {`
			for j, p := range s.principals {
				member := fmt.Sprintf("%q: %s", p.typ, words(p.names))
				if j > 0 {
					member = ", " + member
				}
				text += directive(p.when, member)
			}
			text += "}"
		}
		// One operator holds one key here; those that come twice are spelled
		// in two ways, which is another member to JSON and the same to AWS.
		if len(s.conditions) > 0 {
			text += `, "Condition": {"StringNotEquals": {"aws:PrincipalTag/never": "here"}`
			byOperator := map[string]bool{"StringNotEquals": true}
			for _, c := range s.conditions {
				operator := c.operator
				if byOperator[operator] {
					continue
				}
				byOperator[operator] = true
				text += directive(c.when, fmt.Sprintf(", %q: {%q: %s}", operator, c.key, words(c.values)))
			}
			text += "}"
		}
		text += " }"
		// The last statement is always there, so that commas are right.
		if i < len(list)-1 {
			text = directive(s.when, text+",")
		}
		b.WriteString(text + "\n")
	}
	b.WriteString("] }")
	return fmt.Sprintf("resource %q \"subject\" {\n  %s\n  %s = <<EOT\n%s\nEOT\n}\n", w.subject.resource, strings.Replace(w.subject.arguments[1:], `":`, " =", 1), w.subject.attribute, b.String())
}

// document writes the policy as a policy document, in blocks or in JSON.
func (w writer) document(list []statement) string {
	type object = map[string]any
	// block adds a block, dynamic where it may be missing.
	block := func(to object, name string, when option, content object) {
		if when.test < 0 {
			static, _ := to[name].([]object)
			to[name] = append(static, content)
			return
		}
		all, _ := to["dynamic"].([]object)
		to["dynamic"] = append(all, object{name: object{
			"for_each": "${" + when.expr() + w.pick(" ? [1] : []", " ? toset([\"x\"]) : toset([])") + "}",
			"content":  content,
		}})
	}
	expr := func(list []word) any { return "${" + w.words(list) + "}" }
	body := object{}
	for _, s := range list {
		one := object{strings.ToLower(strings.Replace(s.action, "tA", "t_a", 1)) + "s": expr(s.actions)}
		one["effect"] = s.effect.text
		if s.effect.or != "" {
			one["effect"] = fmt.Sprintf("${%s ? %q : %q}", s.effect.when.expr(), s.effect.text, s.effect.or)
		}
		if s.resource {
			one["resources"] = []string{"*"}
		}
		for _, p := range s.principals {
			block(one, "principals", p.when, object{"type": p.typ, "identifiers": expr(p.names)})
		}
		for _, c := range s.conditions {
			block(one, "condition", c.when, object{"test": c.operator, "variable": c.key, "values": expr(c.values)})
		}
		block(body, "statement", s.when, one)
	}
	text, _ := json.Marshal(body)
	if w.json {
		return fmt.Sprintf(`{"data": {"aws_iam_policy_document": {"subject": %s}}, "resource": {%q: {"subject": {%s, %q: "${data.aws_iam_policy_document.subject.json}"}}}}`,
			text, w.subject.resource, w.subject.arguments, w.subject.attribute)
	}
	var b strings.Builder
	var blocks func(indent string, o object)
	blocks = func(indent string, o object) {
		for _, name := range []string{"effect", "actions", "not_actions", "resources", "type", "identifiers", "test", "variable", "values", "for_each"} {
			switch v := o[name].(type) {
			case string:
				if inner, ok := strings.CutPrefix(v, "${"); ok {
					fmt.Fprintf(&b, "%s%s = %s\n", indent, name, strings.TrimSuffix(inner, "}"))
				} else {
					fmt.Fprintf(&b, "%s%s = %s\n", indent, name, quote(v))
				}
			case []string:
				fmt.Fprintf(&b, "%s%s = [%s]\n", indent, name, quote(v[0]))
			}
		}
		for _, name := range []string{"statement", "principals", "condition"} {
			list, _ := o[name].([]object)
			for _, c := range list {
				fmt.Fprintf(&b, "%s%s {\n", indent, name)
				blocks(indent+"  ", c)
				fmt.Fprintf(&b, "%s}\n", indent)
			}
		}
		dynamic, _ := o["dynamic"].([]object)
		for _, d := range dynamic {
			for name, c := range d {
				fmt.Fprintf(&b, "%sdynamic %q {\n%s  for_each = %s\n%s  content {\n", indent, name, indent, strings.TrimSuffix(c.(object)["for_each"].(string)[2:], "}"), indent)
				blocks(indent+"    ", c.(object)["content"].(object))
				fmt.Fprintf(&b, "%s  }\n%s}\n", indent, indent)
			}
		}
	}
	fmt.Fprintf(&b, "data \"aws_iam_policy_document\" \"subject\" {\n")
	blocks("  ", body)
	fmt.Fprintf(&b, "}\nresource %q \"subject\" {\n  %s\n  %s = data.aws_iam_policy_document.subject.json\n}\n", w.subject.resource, strings.Replace(w.subject.arguments[1:], `":`, " =", 1), w.subject.attribute)
	return b.String()
}

// syntaxes are the ways to write a policy.
var syntaxes = []struct {
	name  string
	json  bool
	write func(writer, []statement) string
}{
	{"jsonencode", false, writer.encode},
	{"template", false, writer.template},
	{"document", false, writer.document},
	{"jsonencode.tf.json", true, writer.encode},
	{"document.tf.json", true, writer.document},
}

// verdictsOf are the verdicts of rules, without what is only advice.
func verdictsOf(t *testing.T, fsys fstest.MapFS, rules string) map[string]string {
	t.Helper()
	var some []*analyzer.Check
	for _, c := range undecorated {
		if strings.Contains(rules, c.ID) {
			some = append(some, c)
		}
	}
	in := engine.Input{Boundary: workspace.OverFS(fsys), Paths: []string{"."}, ScanRoot: ".", WorkDir: "."}
	r, err := engine.Analyze(context.Background(), in, some)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range r.Gaps {
		if g.Kind == source.ErrorGap {
			t.Fatalf("%v\n%s", g, sources(fsys))
		}
	}
	out := map[string]string{}
	for _, rule := range strings.Fields(rules) {
		out[rule] = "clean"
	}
	for _, f := range analyzer.Every(r.Undetermined) {
		out[f.Check.ID] = "undetermined"
	}
	for _, f := range analyzer.Every(r.Findings) {
		if f.Severity != analyzer.Note {
			out[f.Check.ID] = "violation"
		}
	}
	return out
}

func sources(fsys fstest.MapFS) string {
	var b strings.Builder
	for _, name := range []string{"main.tf", "policy.tf", "policy.tf.json"} {
		if f := fsys[name]; f != nil {
			fmt.Fprintf(&b, "-- %s\n%s", name, f.Data)
		}
	}
	return b.String()
}

// TestPartsNotKnown: a decided verdict about a policy with parts that are not
// known is that of every completion. RANDOM_POLICIES is how many policies are
// made for each subject, each in one syntax after the other.
func TestPartsNotKnown(t *testing.T) {
	many := 15
	if n, err := strconv.Atoi(os.Getenv("RANDOM_POLICIES")); err == nil {
		many = n
	} else if testing.Short() {
		many = 5
	}
	for _, s := range subjects {
		t.Run(s.name, func(t *testing.T) {
			var decided, open, agreed atomic.Int64
			for n := range many {
				t.Run(strconv.Itoa(n), func(t *testing.T) {
					t.Parallel()
					syntax, unknown, got, completions := s.complete(t, n)
					for _, rule := range strings.Fields(s.rules) {
						same := true
						for c, v := range completions {
							same = same && v[rule] == completions[0][rule]
							if got[rule] != "undetermined" && v[rule] != got[rule] {
								t.Fatalf("%s: %s %s with parts that are not known, %s in completion %b\n%s", syntax, rule, got[rule], v[rule], c, sources(unknown))
							}
						}
						switch {
						case got[rule] != "undetermined":
							decided.Add(1)
						case same && completions[0][rule] != "undetermined":
							agreed.Add(1)
							if os.Getenv("RANDOM_POLICIES") != "" && testing.Verbose() {
								t.Logf("%s: %s is %s in every completion, and undetermined\n%s", syntax, rule, completions[0][rule], sources(unknown))
							}
						default:
							open.Add(1)
						}
					}
				})
			}
			t.Cleanup(func() {
				t.Logf("%d decided, %d undetermined, %d undetermined though all completions agree", decided.Load(), open.Load(), agreed.Load())
				if all := decided.Load() + open.Load() + agreed.Load(); all == int64(many*len(strings.Fields(s.rules))) && 10*agreed.Load() > decided.Load() {
					t.Errorf("%d are undetermined though all completions agree, %d are decided", agreed.Load(), decided.Load())
				}
			})
		})
	}
}

// complete makes the n-th random policy of a subject, in one of the syntaxes, and
// decides about it with its parts not known and in every completion.
func (s subject) complete(t *testing.T, n int) (syntax string, unknown fstest.MapFS, got map[string]string, completions []map[string]string) {
	t.Helper()
	g := generator{rand.New(rand.NewPCG(uint64(n), uint64(len(s.name))))}
	var list []statement
	for range 1 + g.IntN(4) {
		list = append(list, s.statement(g))
	}
	as := syntaxes[n%len(syntaxes)]
	write := func(completion int) fstest.MapFS {
		w := writer{generator: generator{rand.New(rand.NewPCG(uint64(n), 7))}, json: as.json}
		return s.configuration(as.write, w, list, completion)
	}
	unknown = write(-1)
	got = verdictsOf(t, unknown, s.rules)
	for c := range 1 << tests {
		completions = append(completions, verdictsOf(t, write(c), s.rules))
	}
	return as.name, unknown, got, completions
}
