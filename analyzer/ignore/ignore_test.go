package ignore

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/iamvet/iamvet/analyzer/source"
)

const native = `# iamvet:ignore IV201 reason="above a block"
resource "aws_iam_role" "a" {
  name = "a"
  path = "/x/" // iamvet:ignore IV202 reason="at the end of a line"

  # iamvet:ignore IV203,IV204 reason="above a line" until=2027-01-31
  # and more words
  inline_policy {
    policy = "# iamvet:ignore IV205 reason='in a text'"
  }
}

resource "aws_iam_role" "b" {
  # iamvet:ignore IV206 reason='the first in a block'
  name = "b"
  assume_role_policy = <<-EOT
    # iamvet:ignore IV207 reason="in a heredoc"
  EOT
}

locals {
  list = [
    1, /* iamvet:ignore IV208 reason="in the middle" */ 2,
    3,
    /* iamvet:ignore IV210 reason="before it" */ 4,
    5,
  ]
}
# iamvet:ignore IV209 reason="at the end of the file"
`

func TestCommentsCover(t *testing.T) {
	f := source.NewFile("main.tf", []byte(native))
	covered := map[string]string{} // by rule
	for _, c := range Comments(f) {
		if c.Wrong != "" {
			t.Errorf("%s: %s", c.Span.Text(), c.Wrong)
		}
		var lines []string
		for n := 1; n <= f.Lines(); n++ {
			at := f.LineSpan(n)
			text := strings.TrimSpace(at.Text())
			at.Start += strings.Index(at.Text(), text)
			if text == "" {
				continue
			}
			if c.Covers(at) {
				lines = append(lines, text)
			}
			if c.Covers(at) != slices.Contains(At(at), c) {
				t.Errorf("%s: %s covers it: %v", text, c.Span.Text(), c.Covers(at))
			}
		}
		covered[strings.Join(c.Rules, ",")] = strings.Join(lines, "|")
	}
	for rules, want := range map[string][2]string{
		"IV201":       {`resource "aws_iam_role" "a" {`, `}`},
		"IV202":       {`path = "/x/" // iamvet:ignore IV202 reason="at the end of a line"`, ``},
		"IV203,IV204": {`inline_policy {`, `}`},
		"IV206":       {`resource "aws_iam_role" "b" {`, `}`},
		"IV208":       {`1, /* iamvet:ignore IV208 reason="in the middle" */ 2,`, ``},
		"IV209":       {``, ``},
		"IV210":       {`/* iamvet:ignore IV210 reason="before it" */ 4,`, ``},
	} {
		got, ok := covered[rules]
		if !ok || !strings.HasPrefix(got, want[0]) || !strings.HasSuffix(got, want[1]) || want[1] == "" && got != want[0] {
			t.Errorf("%s covers %q, not %q to %q", rules, got, want[0], want[1])
		}
	}
	if len(covered) != 7 {
		t.Errorf("%d comments, not 7: %v", len(covered), covered)
	}
}

func TestCommentsInJSON(t *testing.T) {
	text := `{
  "resource": {"aws_iam_role": {
    "a": {"//": "iamvet:ignore IV201 reason='known'", "name": "a", "tags": {"b": ["//", "iamvet:ignore IV202 reason='no'"]}},
    "c": {"name": "iamvet:ignore IV203 reason='no'"}
  }}
}`
	f := source.NewFile("main.tf.json", []byte(text))
	found := Comments(f)
	if len(found) != 1 || found[0].Wrong != "" || found[0].Reason != "known" {
		t.Fatalf("%d comments, not that of a: %+v", len(found), found)
	}
	for text, want := range map[string]bool{`"a": {`: true, `"name": "a"`: true, `"tags"`: true, `"c": {`: false, `"resource"`: false} {
		at := strings.Index(string(f.Bytes), text)
		if got := found[0].Covers(source.Span{File: f, Start: at, End: at + 1}); got != want {
			t.Errorf("%s is covered: %v", text, got)
		}
	}
}

func TestCommentsThatAreWrong(t *testing.T) {
	for text, want := range map[string]string{
		`# iamvet:ignore IV201 reason="why"`:                            "",
		`#iamvet:ignore: role-session-name reason=why until=2027-01-31`: "",
		`# iamvet:ignore IV201, IV202 reason='two rules'`:               "",
		`# iamvet:ignore IV201`:                                         "no reason",
		`# iamvet:ignore IV201 reason=""`:                               "no reason",
		`# iamvet:ignore`:                                               "names no rule",
		`# iamvet:ignore reason="all of them"`:                          "names no rule",
		`# iamvet:ignored IV201 reason="x"`:                             "a blank and the rule",
		`# iamvet:ignore IV201 reason="x" until=tomorrow`:               "until=tomorrow is not a day",
		`# iamvet:ignore IV201 reason="x" until=2027-02-30`:             "is not a day",
		`# iamvet:ignore IV201 because="x"`:                             "there is no because=",
		`# iamvet:ignore ` + strings.Repeat("IV201 ", 10_000):           "longer than",
		`# iamvet:ignore IV201 reason=only the pipeline`:                "Write the reason in quotes",
	} {
		f := source.NewFile("main.tf", []byte(text+"\nlocals {}\n"))
		found := Comments(f)
		if len(found) != 1 {
			t.Errorf("%s: %d comments", text, len(found))
			continue
		}
		if got := found[0].Wrong; (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q is wrong, not %q", text, got, want)
		}
	}
}

func TestOver(t *testing.T) {
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for day, over := range map[string]bool{"": false, "2027-01-31": false, "2027-01-30": true, "2027-02-01": false} {
		if got := Over(day, at("2027-01-31T23:30:00Z")); got != over {
			t.Errorf("%q is over: %v", day, got)
		}
	}
}

// Many comments cost as much as their file is long.
func TestCommentsAreLinear(t *testing.T) {
	cost := func(n int) uint64 {
		text := strings.Repeat("# iamvet:ignore IV201 reason=\"x\"\n", n) + strings.Repeat("locals {}\n", n)
		return uint64(testing.AllocsPerRun(1, func() {
			if got := len(Comments(source.NewFile("main.tf", []byte(text)))); got != n {
				t.Fatalf("%d comments, not %d", got, n)
			}
		}))
	}
	if few, many := cost(1000), cost(10_000); many > 12*few {
		t.Errorf("%d allocations for 1,000 comments, %d for 10,000", few, many)
	}
}

// However many comments a place has, each is there once, without a look at the others.
func TestCommentsOfOnePlace(t *testing.T) {
	const n = 200_000
	f := source.NewFile("main.tf", []byte(strings.Repeat("# iamvet:ignore IV201 reason=\"x\"\n", n)+"locals {\n  a = 1\n}\n"))
	for _, text := range []string{"locals", "a = 1"} {
		at := strings.LastIndex(string(f.Bytes), text)
		if got := len(At(source.Span{File: f, Start: at, End: at + 1})); got != n {
			t.Errorf("%q: %d comments, not %d", text, got, n)
		}
	}
}

func FuzzComments(f *testing.F) {
	f.Add("main.tf", native)
	f.Add("main.tf.json", `{"//": "iamvet:ignore IV201 reason='x'", "a": [{"//": "iamvet:ignore"}]}`)
	f.Add("main.tf", "resource \"a\" \"b\" { # iamvet:ignore IV201 reason='x\n")
	f.Fuzz(func(t *testing.T, name, text string) {
		if name != "main.tf" && name != "main.tf.json" {
			return
		}
		file := source.NewFile(name, []byte(text))
		for _, c := range Comments(file) {
			if !strings.Contains(c.Span.Text(), Marker) && name == "main.tf" {
				t.Fatalf("%q is no comment", c.Span.Text())
			}
			if c.Wrong == "" && (len(c.Rules) == 0 || c.Reason == "") {
				t.Fatalf("%q ignores without a rule or a reason", c.Span.Text())
			}
		}
	})
}
