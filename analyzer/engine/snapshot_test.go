package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/terraform/workspace"
	"github.com/iamvet/iamvet/checks"
	"github.com/iamvet/iamvet/checks/checktest"
)

func snapshotInput(files fstest.MapFS) engine.Input {
	return engine.Input{Now: checktest.Now, Boundary: workspace.OverFS(files), Paths: []string{"."}, ScanRoot: ".", WorkDir: ".", Unmended: true}
}

func openFiles(t testing.TB, files fstest.MapFS) *engine.Snapshot {
	t.Helper()
	s, err := engine.Open(t.Context(), snapshotInput(files), checks.All)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func jsonOf(t testing.TB, r *analyzer.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := report.JSON(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// editable is an estate of roles, users and an organization, in several root modules.
func editable(seed uint64) fstest.MapFS {
	out := fstest.MapFS{}
	for i := range 3 {
		for name, f := range anyEstate(seed + uint64(i)) {
			out[fmt.Sprintf("roles%d/%s", i, name)] = f
		}
		for name, f := range anyPeople(seed + uint64(i)) {
			out[fmt.Sprintf("people%d/%s", i, name)] = f
		}
	}
	out["org/main.tf"] = &fstest.MapFile{Data: []byte(`resource "aws_organizations_organization" "this" {
  enabled_policy_types = ["SERVICE_CONTROL_POLICY"]
}

resource "aws_organizations_policy" "guard" {
  name    = "guard"
  content = jsonencode({ Statement = [{ Effect = "Deny", Action = "*", Resource = "*", Condition = { Bool = { "aws:MultiFactorAuthPresent" = "false" }, StringLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" } } }] })
}

resource "aws_organizations_policy_attachment" "guard" {
  policy_id = aws_organizations_policy.guard.id
  target_id = aws_organizations_organization.this.roots[0].id
}
`)}
	return out
}

// editor makes edits of files, as somebody does who types.
type editor struct {
	*rand.Rand
	disk, now fstest.MapFS
	n         int
}

// edit is another text of a file.
func (e *editor) edit() (name string, text []byte) {
	names := slices.Sorted(maps.Keys(e.now))
	name = names[e.IntN(len(names))]
	lines := strings.SplitAfter(string(e.now[name].Data), "\n")
	at := e.IntN(len(lines))
	e.n++
	switch e.IntN(9) {
	case 0: // a line more
		lines = slices.Insert(lines, at, []string{"\n", "# a comment\n", "# iamvet:ignore IV201 reason=\"known\"\n"}[e.IntN(3)])
	case 1: // one less, which may break the file
		lines = slices.Delete(lines, at, at+1)
	case 2, 3: // other words
		words := [][2]string{{"Allow", "Deny"}, {"Deny", "Allow"}, {"111122223333", "999900001111"}, {"BoolIfExists", "Bool"}, {"\"Bool\"", "\"BoolIfExists\""}, {"user/alice", "root"}, {"count = 2", "count = 3"},
			{"Active", "Inactive"}, {"root", "user/bob"}, {"name", "nam"}, {"sts:AssumeRole", "sts:*"}, {"60", "180"}, {"g0", "g1"}, {"nobody", "u2"}}
		w := words[e.IntN(len(words))]
		return name, []byte(strings.Replace(string(e.now[name].Data), w[0], w[1], 1+e.IntN(2)))
	case 4: // a role
		lines = append(lines, fmt.Sprintf("\nresource \"aws_iam_role\" \"new%d\" {\n  name = \"new%d\"\n  assume_role_policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { AWS = %q } }] })\n}\n",
			e.n, e.n, []string{"*", "arn:aws:iam::111122223333:user/alice"}[e.IntN(2)]))
	case 5: // a user
		lines = append(lines, fmt.Sprintf("\nresource \"aws_iam_user\" \"new%d\" {\n  name = %q\n}\n\nresource \"aws_iam_user_login_profile\" \"new%d\" {\n  user = aws_iam_user.new%d.name\n}\n", e.n, []string{"u2", "new" + strconv.Itoa(e.n)}[e.IntN(2)], e.n, e.n))
	case 6: // what the disk has
		return name, e.disk[name].Data
	case 7: // a block elsewhere
		to := names[e.IntN(len(names))]
		return to, slices.Concat(e.now[to].Data, []byte("\n"), []byte(strings.Join(lines[at:min(at+8, len(lines))], "")))
	case 8: // a policy for everybody
		lines = append(lines, fmt.Sprintf("\nresource \"aws_iam_group_policy\" \"new%d\" {\n  group  = \"g0\"\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", Action = \"*\", Resource = \"*\" }] })\n}\n", e.n))
	}
	return name, []byte(strings.Join(lines, ""))
}

// A snapshot with edits says what one says that is opened of the edited files. EDITS=1000
// makes more of them, and SEEDS=0-100 in more estates.
func TestSnapshotWithEdits(t *testing.T) {
	from, to, edits := uint64(0), uint64(2), 25
	if s := os.Getenv("SEEDS"); s != "" {
		if _, err := fmt.Sscanf(s, "%d-%d", &from, &to); err != nil {
			t.Fatal(err)
		}
	}
	if s := os.Getenv("EDITS"); s != "" {
		edits, _ = strconv.Atoi(s)
	}
	for seed := from; seed < to; seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			disk := editable(seed)
			e := &editor{Rand: rand.New(rand.NewPCG(seed, 3)), disk: disk, now: maps.Clone(disk)}
			s := openFiles(t, disk)
			for range edits {
				name, text := e.edit()
				was := e.now[name].Data
				e.now[name] = &fstest.MapFile{Data: text}
				var err error
				if s, err = s.With(t.Context(), map[string][]byte{name: text}); err != nil {
					t.Fatal(err)
				}
				got, want := jsonOf(t, s.Report()), jsonOf(t, openFiles(t, maps.Clone(e.now)).Report())
				if got != want {
					t.Fatalf("edit %d, of %s\n%s\nwas\n%s\n%s", e.n, name, text, was, different(got, want))
				}
			}
		})
	}
}

// different are the lines around the first in which two texts differ.
func different(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	some := func(lines []string) string { return strings.Join(lines[max(0, i-12):min(len(lines), i+12)], "\n") }
	return fmt.Sprintf("line %d:\n%s\nof the fresh one:\n%s", i+1, some(a), some(b))
}

// A snapshot says what a scan says that wants no fixes.
func TestSnapshotIsAScan(t *testing.T) {
	for seed := range uint64(3) {
		files := editable(seed)
		for name, f := range files { // see Report
			files[name] = &fstest.MapFile{Data: bytes.ReplaceAll(f.Data, []byte("ignore_changes"), []byte("replace_triggered_by"))}
		}
		r, err := engine.Analyze(t.Context(), snapshotInput(files), checks.All)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := jsonOf(t, openFiles(t, files).Report()), jsonOf(t, r); got != want {
			t.Errorf("seed %d: %s", seed, different(got, want))
		}
	}
}

// What stands in the files that an edit reaches is told without the rest.
func TestSnapshotReaches(t *testing.T) {
	files := estateOf(5)
	s := openFiles(t, files)
	name := "stack003/main.tf"
	text := bytes.Replace(files[name].Data, []byte("user/alice"), []byte("root"), 1)
	s, err := s.With(t.Context(), map[string][]byte{name: text})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Reached(); !slices.Equal(got, []string{"stack003/main.tf", "stack003/users.tf"}) {
		t.Fatalf("reached are %v", got)
	}
	found := s.In(s.Reached()...)
	if len(found) == 0 {
		t.Fatal("nothing is found there")
	}
	for _, f := range found {
		if !strings.HasPrefix(f.Span.File.Name, "stack003/") {
			t.Errorf("%s stands in %s", f.Message, f.Span.File.Name)
		}
	}
	if s, err = s.With(t.Context(), map[string][]byte{name: files[name].Data}); err != nil {
		t.Fatal(err)
	}
	if jsonOf(t, s.Report()) != jsonOf(t, openFiles(t, files).Report()) {
		t.Error("an edit that is taken back leaves something")
	}
}

func TestSnapshotEndsWhenTold(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := engine.Open(ctx, snapshotInput(estateOf(2)), checks.All); err == nil {
		t.Error("it is opened")
	}
	s := openFiles(t, estateOf(2))
	if _, err := s.With(ctx, map[string][]byte{"stack000/main.tf": []byte("\n")}); err == nil {
		t.Error("it is edited")
	}
}

// estateOf are so many root modules, of some roles, users and other resources each.
func estateOf(n int) fstest.MapFS {
	out := fstest.MapFS{}
	for i := range n {
		var roles, users strings.Builder
		for r := range 8 {
			fmt.Fprintf(&roles, "resource \"aws_iam_role\" \"r%d\" {\n  name = \"r-%d-%d\"\n  assume_role_policy = jsonencode({\n    Statement = [{\n      Effect    = \"Allow\"\n      Action    = \"sts:AssumeRole\"\n      Principal = { AWS = \"arn:aws:iam::%012d:user/alice\" }\n    }]\n  })\n}\n\nresource \"aws_s3_bucket\" \"b%d\" {\n  bucket = \"b-%d-%d\"\n}\n\n", r, i, r, i*8+r+1, r, i, r)
		}
		for u := range 4 {
			fmt.Fprintf(&users, "resource \"aws_iam_user\" \"u%d\" {\n  name = \"u-%d-%d\"\n}\n\nresource \"aws_iam_user_login_profile\" \"u%d\" {\n  user = aws_iam_user.u%d.name\n}\n\nresource \"aws_iam_access_key\" \"u%d\" {\n  user = aws_iam_user.u%d.name\n}\n\n", u, i, u, u, u, u, u)
		}
		out[fmt.Sprintf("stack%03d/main.tf", i)] = &fstest.MapFile{Data: []byte(roles.String())}
		out[fmt.Sprintf("stack%03d/users.tf", i)] = &fstest.MapFile{Data: []byte(users.String())}
	}
	return out
}

// One edit in an estate of 500 root modules, and what stands in the files that it reaches:
// the cost is that of the root module, whatever the estate.
func BenchmarkEdit(b *testing.B) {
	for _, n := range []int{50, 500} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			files := estateOf(n)
			s := openFiles(b, files)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				name := fmt.Sprintf("stack%03d/%s", i%8, []string{"main.tf", "users.tf"}[i/8%2])
				text := bytes.Replace(files[name].Data, []byte("\n\n"), fmt.Appendf(nil, "\n# %d\n\n", i), 1)
				var err error
				if s, err = s.With(b.Context(), map[string][]byte{name: text}); err != nil {
					b.Fatal(err)
				}
				if found := s.In(s.Reached()...); len(found) == 0 {
					b.Fatal("nothing is found")
				}
			}
		})
	}
}
