package engine_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer/engine"
)

// estate writes files with many roles: of mixed trust, in every way to write one, with
// pieces that several share.
type estate struct {
	*rand.Rand
	files map[string]*strings.Builder
	n     int
}

func (e *estate) pick(of ...string) string { return of[e.IntN(len(of))] }

func (e *estate) say(file, format string, args ...any) {
	if e.files[file] == nil {
		e.files[file] = &strings.Builder{}
	}
	fmt.Fprintf(e.files[file], format+"\n", args...)
}

func (e *estate) principal() string {
	return e.pick(
		`arn:aws:iam::111122223333:user/alice`, `arn:aws:iam::444455556666:user/bob`,
		`arn:aws:iam::111122223333:root`, `arn:aws:iam::777788889999:root`, `*`,
		`arn:aws:iam::111122223333:role/ci`)
}

// statement is one in the syntax of an object, with keys and colons as JSON where asked.
func (e *estate) statement(json bool) string {
	is := " = "
	key := func(k string) string { return k }
	if json {
		is = ": "
		key = func(k string) string { return strconv.Quote(k) }
	}
	var parts []string
	switch e.IntN(6) {
	case 0:
		parts = append(parts, key("Principal")+is+"{ "+key("Service")+is+`"`+e.pick("ec2.amazonaws.com", "lambda.amazonaws.com", "sns.amazonaws.com", "cloudtrail.amazonaws.com")+`" }`, key("Action")+is+`"sts:AssumeRole"`)
	case 1:
		parts = append(parts, key("Principal")+is+"{ "+key("Federated")+is+`"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" }`, key("Action")+is+`"sts:AssumeRoleWithWebIdentity"`)
		if e.IntN(2) == 0 {
			parts = append(parts, key("Condition")+is+"{ "+key("StringLike")+is+`{ "token.actions.githubusercontent.com:sub"`+is+`"`+e.pick("repo:acme/*", "repo:acme/app:ref:refs/heads/main", "*")+`" } }`)
		}
	case 2:
		parts = append(parts, key("Principal")+is+"{ "+key("AWS")+is+`["`+e.principal()+`", "`+e.principal()+`"] }`, key("Action")+is+`"sts:AssumeRole"`)
	default:
		parts = append(parts, key("Principal")+is+"{ "+key("AWS")+is+`"`+e.principal()+`" }`, key("Action")+is+e.pick(`"sts:AssumeRole"`, `["sts:AssumeRole", "sts:TagSession"]`, `"sts:*"`))
		if e.IntN(4) == 0 {
			parts = append(parts, key("Condition")+is+"{ "+key(e.pick("StringEquals", "StringLike"))+is+`{ "`+e.pick("sts:ExternalId", "sts:RoleSessionName", "aws:PrincipalOrgID")+`"`+is+`"`+e.pick("x", "*", "o-abcdefghij")+`" } }`)
		}
	}
	parts = append([]string{key("Effect") + is + `"Allow"`}, parts...)
	return "{ " + strings.Join(parts, ", ") + " }"
}

func (e *estate) statements(json bool) string {
	var out []string
	for range 1 + e.IntN(2) {
		out = append(out, e.statement(json))
	}
	return "[" + strings.Join(out, e.pick(", ", ",\n    ")) + "]"
}

func (e *estate) document(file string) string {
	e.n++
	name := fmt.Sprintf("d%d", e.n)
	e.say(file, "data \"aws_iam_policy_document\" %q {", name)
	for range 1 + e.IntN(2) {
		if e.IntN(6) == 0 {
			e.say(file, "  dynamic \"statement\" {\n    for_each = [%q, %q]\n    content {\n      actions = [\"sts:AssumeRole\"]\n      principals {\n        type = \"AWS\"\n        identifiers = [statement.value]\n      }\n    }\n  }", e.principal(), e.principal())
			continue
		}
		e.say(file, "  statement {\n    actions = [\"sts:AssumeRole\"]\n    principals {\n      type        = \"AWS\"\n      identifiers = [%s]\n    }%s\n  }", e.pick(strconv.Quote(e.principal()), "local.people", "local.people[0]"),
			e.pick("", "", "\n    condition {\n      test = \"StringLike\"\n      variable = \"sts:RoleSessionName\"\n      values = [\"*\"]\n    }"))
	}
	e.say(file, "}\n")
	return "data.aws_iam_policy_document." + name + ".json"
}

func (e *estate) role(file string, shared []string) {
	e.n++
	name := fmt.Sprintf("r%d", e.n)
	trust := ""
	switch e.IntN(7) {
	case 0, 1:
		trust = "jsonencode({ Version = \"2012-10-17\", Statement = " + e.statements(false) + " })"
	case 2:
		trust = "<<-EOT\n    {\"Version\": \"2012-10-17\", \"Statement\": " + e.statements(true) + "}\n  EOT"
	case 3:
		trust = e.document(file)
	case 4:
		trust = "jsonencode({ Statement = concat([local.statement], " + e.statements(false) + ") })"
	default:
		trust = e.pick(shared...)
	}
	more := e.pick("", "", "", "\n  count = 2", "\n  for_each = toset([\"x\", \"y\"])", "\n  lifecycle {\n    ignore_changes = [assume_role_policy]\n  }", "\n  lifecycle {\n    ignore_changes = [tags]\n  }",
		"\n  max_session_duration = 43200", "\n  path = \"/x/\"")
	if e.n > 3 && e.IntN(6) == 0 {
		more += "\n  description = try(aws_iam_role." + fmt.Sprintf("r%d", e.n-1) + ".assume_role_policy, \"\")"
	}
	e.say(file, "resource \"aws_iam_role\" %q {\n  name = %q%s\n  assume_role_policy = %s\n}%s", name, e.pick("", "app-")+name, more, trust, e.pick("\n", "", "\n\n"))
	if e.IntN(4) == 0 {
		e.say(file, "resource \"aws_iam_role_policy\" %q {\n  role   = aws_iam_role.%s%s\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = %q, Resource = \"*\" }] })\n}\n", name, name,
			map[bool]string{true: "[0].id", false: ".id"}[strings.Contains(more, "count")], e.pick("iam:PassRole", "s3:*", "*", "sts:AssumeRole"))
	}
}

// module writes a module of some files.
func (e *estate) module(dir string, roles int) {
	main := dir + "main.tf"
	e.say(main, "locals {\n  people    = [%q, %q]\n  statement = %s\n  trust     = jsonencode({ Statement = %s })\n}\n", e.principal(), e.principal(), e.statement(false), e.statements(false))
	shared := []string{"local.trust", e.document(main), "jsonencode({ Statement = [local.statement] })"}
	for i := range roles {
		e.role(dir+e.pick("main.tf", "more.tf"), shared)
		if i%3 == 2 && e.IntN(3) == 0 {
			e.say(dir+"more.tf", "output \"o%d\" {\n  value = local.trust\n}\n", e.n)
		}
	}
}

// anyEstate is the one of a seed.
func anyEstate(seed uint64) fstest.MapFS {
	e := &estate{Rand: rand.New(rand.NewPCG(seed, 1)), files: map[string]*strings.Builder{}}
	dirs := []string{""}
	if e.IntN(3) == 0 {
		dirs = []string{"one/", "two/"}
	}
	below := e.IntN(3)
	if below > 0 {
		e.module("m/", 1+e.IntN(4))
		e.say("m/main.tf", "variable \"who\" {\n  default = %q\n}\n", e.principal())
		e.say("m/main.tf", "resource \"aws_iam_role\" \"who\" {\n  name = \"who\"\n  assume_role_policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { AWS = var.who } }] })\n}\n")
	}
	for i, dir := range dirs {
		roles := 2 + e.IntN(6)
		if e.IntN(5) == 0 {
			roles += 12 // halves of them are tried
		}
		e.module(dir, roles)
		if below > 0 {
			up := "./m"
			if dir != "" {
				up = "../m"
			}
			for k := range below {
				e.say(dir+"main.tf", "module \"m%d\" {\n  source = %q%s\n}\n", k, up, e.pick("", "\n  who = "+strconv.Quote(e.principal()), "\n  count = 2", "\n  who = local.people[0]"))
			}
		}
		if e.IntN(4) == 0 {
			e.say(dir+"override.tf", "resource \"aws_iam_role\" \"who%d\" {\n  path = \"/x/\"\n}\n", i)
			e.say(dir+"main.tf", "resource \"aws_iam_role\" \"who%d\" {\n  name = \"who%d\"\n  assume_role_policy = local.trust\n}\n", i, i)
		}
		if e.IntN(5) == 0 {
			e.say(dir+"x.tf.json", `{"resource": {"aws_iam_role": {"j%d": {"name": "j%d", "assume_role_policy": "${jsonencode({Statement = [{Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = {AWS = \"%s\"}}]})}"}}}}`, i, i, e.principal())
		}
		if e.IntN(5) == 0 {
			e.say(dir+"user.tf", "resource \"aws_iam_user\" \"u\" {\n  name = \"alice\"\n}\n\nresource \"aws_iam_user_login_profile\" \"u\" {\n  user = aws_iam_user.u.name\n}\n")
		}
		if e.IntN(6) == 0 {
			e.say(dir+"moved.tf", "moved {\n  from = aws_iam_role.gone\n  to   = aws_iam_role.r%d\n}\n", e.n)
		}
	}
	out := fstest.MapFS{}
	for name, text := range e.files {
		out[name] = &fstest.MapFile{Data: []byte(text.String())}
	}
	return out
}

// Whatever the files are, the fixes that are kept are those that would be if each was tried
// with everything looked at again. SEEDS=0-1000 asks of more estates.
func TestFixesOfAnyEstate(t *testing.T) {
	from, to := uint64(36), uint64(42)
	if s := os.Getenv("SEEDS"); s != "" {
		if _, err := fmt.Sscanf(s, "%d-%d", &from, &to); err != nil {
			t.Fatal(err)
		}
	}
	kept, lost := 0, 0
	for seed := from; seed < to; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			files := anyEstate(seed)
			fast, dropped := analyzeFiles(t, files, engine.Analyze)
			slow, droppedThoroughly := analyzeFiles(t, files, engine.AnalyzeThoroughly)
			kept += strings.Count(fast, `"diff"`)
			lost += strings.Count(dropped, "fix dropped")
			// Roots are judged beside each other.
			sorted := func(text string) string {
				lines := strings.Split(text, "\n")
				slices.Sort(lines)
				return strings.Join(lines, "\n")
			}
			dropped, droppedThoroughly = sorted(dropped), sorted(droppedThoroughly)
			if dropped != droppedThoroughly {
				t.Errorf("dropped:\n%s\nwhen everything is looked at:\n%s", dropped, droppedThoroughly)
			}
			if fast != slow {
				t.Errorf("reports differ:\n%s\nwhen everything is looked at:\n%s", fast, slow)
			}
			if t.Failed() {
				for name, f := range files {
					t.Logf("%s:\n%s", name, f.Data)
				}
			}
		})
	}
	if kept == 0 || lost == 0 {
		t.Errorf("%d fixes are kept, %d dropped: nothing is tested", kept, lost)
	}
}
