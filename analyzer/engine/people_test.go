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

// user writes a user, and what it has: keys, a password, policies, in some of the ways to
// bind them.
func (e *estate) user(file string, groups int) {
	e.n++
	name := fmt.Sprintf("u%d", e.n)
	more := e.pick("", "", "", "\n  count = 2", "\n  path = \"/x/\"")
	e.say(file, "resource \"aws_iam_user\" %q {\n  name = \"%s%s\"%s\n}\n", name, name, map[bool]string{true: "-${count.index}"}[strings.Contains(more, "count")], more)
	of := "aws_iam_user." + name + map[bool]string{true: "[0]"}[strings.Contains(more, "count")] + ".name"
	who := func() string {
		return e.pick(of, of, of, of, strconv.Quote(name), strconv.Quote(strings.ToUpper(name)), "var.who", `"root"`, `"nobody"`)
	}
	for i := range e.IntN(3) {
		e.say(file, "resource \"aws_iam_access_key\" \"%s_%d\" {\n  user = %s%s\n}\n", name, i, who(), e.pick("", "", "\n  status = \"Active\"", "\n  lifecycle {\n    ignore_changes = [status]\n  }", "\n  status = var.status", "\n  count = 2",
			"\n  lifecycle {\n    replace_triggered_by = [time_rotating.key]\n  }"))
	}
	if e.IntN(2) == 0 {
		e.say(file, "resource \"aws_iam_user_login_profile\" %q {\n  user = %s\n}\n", name, who())
	}
	if e.IntN(4) == 0 {
		e.say(file, "output %q {\n  value = aws_iam_access_key.%s_0.secret\n  sensitive = true\n}\n", name, name)
	}
	statement := func() string {
		return "jsonencode({ Statement = [" + e.pick(
			`{ Effect = "Allow", Action = "*", Resource = "*" }`, `{ Effect = "Allow", Action = "s3:*", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } } }`,
			`{ Effect = "Deny", NotAction = ["iam:EnableMFADevice", "iam:CreateVirtualMFADevice"], Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" } } }`) + "] })"
	}
	if e.IntN(3) == 0 {
		e.say(file, "resource \"aws_iam_user_policy\" %q {\n  user   = %s\n  policy = %s\n}\n", name, who(), statement())
	}
	if groups > 0 && e.IntN(2) == 0 {
		e.say(file, "resource \"aws_iam_user_group_membership\" %q {\n  user   = %s\n  groups = [%s]\n}\n", name, who(), e.pick("aws_iam_group.g0.name", `"g0"`, fmt.Sprintf("aws_iam_group.g%d.name", groups-1), "var.who"))
	}
	if groups > 0 && e.IntN(6) == 0 {
		e.say(file, "resource \"aws_iam_group_membership\" %q {\n  name  = %q\n  group = aws_iam_group.g0.name\n  users = [%s]\n}\n", name, name, of)
	}
	if e.IntN(6) == 0 {
		e.say(file, "resource \"aws_iam_user_policy_attachment\" %q {\n  user       = %s\n  policy_arn = %s\n}\n", name, of, e.pick("aws_iam_policy.p.arn", `"arn:aws:iam::aws:policy/ReadOnlyAccess"`))
	}
	if e.IntN(12) == 0 {
		e.say(file, "resource \"aws_iam_policy_attachment\" %q {\n  name       = %q\n  users      = [%s]\n  policy_arn = aws_iam_policy.p.arn\n}\n", name, name, of)
	}
	if e.IntN(12) == 0 {
		e.say(file, "resource \"aws_iam_user_policies_exclusive\" %q {\n  user_name    = %s\n  policy_names = [\"RequireMFA\"]\n}\n", name, of)
	}
}

// anyPeople is the estate of users of a seed.
func anyPeople(seed uint64) fstest.MapFS {
	e := &estate{Rand: rand.New(rand.NewPCG(seed, 2)), files: map[string]*strings.Builder{}}
	dirs := []string{""}
	if e.IntN(3) == 0 {
		dirs = []string{"one/", "two/"}
	}
	for _, dir := range dirs {
		groups := e.IntN(3)
		e.say(dir+"main.tf", "variable \"who\" {}\n\nvariable \"status\" {\n  default = \"Active\"\n}\n\nresource \"time_rotating\" \"key\" {\n  rotation_days = %s\n}\n", e.pick("60", "180"))
		for g := range groups {
			e.say(dir+"main.tf", "resource \"aws_iam_group\" \"g%d\" {\n  name = \"g%d\"\n}\n", g, g)
			if e.IntN(2) == 0 {
				e.say(dir+"main.tf", "resource \"aws_iam_group_policy\" \"g%d\" {\n  group  = aws_iam_group.g%d.name\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"*\", Resource = \"*\", Condition = { %s = { \"aws:MultiFactorAuthPresent\" = \"true\" } } }] })\n}\n", g, g, e.pick("Bool", "BoolIfExists"))
			}
		}
		e.say(dir+"main.tf", "resource \"aws_iam_policy\" \"p\" {\n  name   = \"p\"\n  policy = jsonencode({ Statement = [{ Effect = \"Deny\", NotAction = \"iam:*\", Resource = \"*\", Condition = { Bool = { \"aws:MultiFactorAuthPresent\" = \"false\" } } }] })\n}\n")
		for range 2 + e.IntN(5) {
			e.user(dir+e.pick("main.tf", "more.tf"), groups)
		}
		for range e.IntN(3) {
			e.role(dir+"main.tf", []string{`jsonencode({ Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:user/alice" } }] })`})
		}
	}
	out := fstest.MapFS{}
	for name, text := range e.files {
		out[name] = &fstest.MapFile{Data: []byte(text.String())}
	}
	return out
}

// Fixes of users that are tried beside each other come out as if each was tried with
// everything looked at again. SEEDS=0-1000 asks of more estates.
func TestFixesOfAnyPeople(t *testing.T) {
	from, to := uint64(0), uint64(12)
	if s := os.Getenv("SEEDS"); s != "" {
		if _, err := fmt.Sscanf(s, "%d-%d", &from, &to); err != nil {
			t.Fatal(err)
		}
	}
	kept, lost := 0, 0
	for seed := from; seed < to; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			files := anyPeople(seed)
			fast, dropped := analyzeFiles(t, files, engine.Analyze)
			slow, droppedThoroughly := analyzeFiles(t, files, engine.AnalyzeThoroughly)
			kept += strings.Count(fast, `"diff"`)
			lost += strings.Count(dropped, "fix dropped")
			sorted := func(text string) string {
				lines := strings.Split(text, "\n")
				slices.Sort(lines)
				return strings.Join(lines, "\n")
			}
			if a, b := sorted(dropped), sorted(droppedThoroughly); a != b {
				t.Errorf("dropped:\n%s\nwhen everything is looked at:\n%s", a, b)
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
