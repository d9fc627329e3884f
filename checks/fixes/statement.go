package fixes

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// draftStatement is a statement of a policy that a fix writes.
type draftStatement struct {
	sid, effect string
	not         bool // the actions are NotAction
	actions     []string
	resources   []string
	conditions  []draftCondition
}

// draftCondition is one test of a draftStatement.
type draftCondition struct {
	operator, key string
	values        []string
	remark        string // a comment, where the syntax has any
}

// policyStyle is how the policies of a module are written.
type policyStyle struct {
	// document is an aws_iam_policy_document, of which the attribute is read:
	// "json" or "minified_json".
	document string
	// heredoc is how the text begins: <<EOF or <<-EOT. Without either, the policy
	// is the argument of jsonencode.
	heredoc string
}

var (
	readsDocument = regexp.MustCompile(`^data\.aws_iam_policy_document\.[\w-]+(?:\[[^\]]*\])?\.((?:minified_)?json)$`)
	heredocMarker = regexp.MustCompile(`^<<-?\w+`)
)

// styleOf is the style of the last of the resources whose attribute shows one.
func styleOf(resources []*terraform.Resource, attribute string) policyStyle {
	for _, r := range slices.Backward(resources) {
		text, _ := written(r, attribute)
		if m := readsDocument.FindStringSubmatch(text); m != nil {
			return policyStyle{document: m[1]}
		}
		if m := heredocMarker.FindString(text); m != "" {
			return policyStyle{heredoc: m}
		}
		if strings.HasPrefix(text, "jsonencode(") {
			break
		}
	}
	return policyStyle{}
}

// write is a policy in the style: the blocks that go in front of the resource,
// and the expression of its attribute. What terraform fmt aligns is left to it.
func (s policyStyle) write(label string, statements ...draftStatement) (blocks, expression string) {
	switch {
	case s.document != "":
		var b strings.Builder
		fmt.Fprintf(&b, "data \"aws_iam_policy_document\" %q {\n", label)
		for i, d := range statements {
			if i > 0 {
				b.WriteString("\n")
			}
			d.block(&b)
		}
		b.WriteString("}\n\n")
		return b.String(), "data.aws_iam_policy_document." + label + "." + s.document
	case s.heredoc != "":
		return "", s.json(statements)
	}
	var b strings.Builder
	b.WriteString("jsonencode({\nVersion = \"2012-10-17\"\nStatement = [")
	for i, d := range statements {
		if i > 0 {
			b.WriteString(",")
		}
		if len(statements) > 1 {
			b.WriteString("\n")
		}
		d.object(&b)
	}
	if len(statements) > 1 {
		b.WriteString("\n")
	}
	b.WriteString("]\n})")
	return "", b.String()
}

// block is the statement block of a policy document.
func (d draftStatement) block(b *strings.Builder) {
	actions := "actions"
	if d.not {
		actions = "not_actions"
	}
	fmt.Fprintf(b, "statement {\nsid = %q\n", d.sid)
	if d.effect != "Allow" {
		fmt.Fprintf(b, "effect = %q\n", d.effect)
	}
	fmt.Fprintf(b, "%s = %s\nresources = %s\n", actions, hclList(d.actions, "&{"), hclList(d.resources, "&{"))
	for _, c := range d.conditions {
		b.WriteString("\n")
		if c.remark != "" {
			b.WriteString("# " + c.remark + "\n")
		}
		fmt.Fprintf(b, "condition {\ntest = %q\nvariable = %q\nvalues = %s\n}\n", c.operator, c.key, hclList(c.values, "&{"))
	}
	b.WriteString("}\n")
}

// object is the statement as an object of HCL.
func (d draftStatement) object(b *strings.Builder) {
	fmt.Fprintf(b, "{\nSid = %q\nEffect = %q\n%s = %s\nResource = %s\n", d.sid, d.effect, d.element(), hclValue(d.actions), hclValue(d.resources))
	switch {
	case len(d.conditions) == 1 && d.conditions[0].remark == "":
		c := d.conditions[0]
		fmt.Fprintf(b, "Condition = { %s = { %q = %s } }\n", c.operator, c.key, hclValue(c.values))
	case len(d.conditions) > 0:
		b.WriteString("Condition = {\n")
		for _, c := range d.conditions {
			fmt.Fprintf(b, "%s = { %q = %s }", c.operator, c.key, hclValue(c.values))
			if c.remark != "" {
				b.WriteString(" # " + c.remark)
			}
			b.WriteString("\n")
		}
		b.WriteString("}\n")
	}
	b.WriteString("}")
}

func (d draftStatement) element() string {
	if d.not {
		return "NotAction"
	}
	return "Action"
}

// hclValue is a string, or a list of several.
func hclValue(list []string) string {
	if len(list) == 1 {
		return hclString(list[0], "$${")
	}
	return hclList(list, "$${")
}

// hclList is a list, on several lines where it is long.
func hclList(list []string, variable string) string {
	var b strings.Builder
	long := len(list) > 4
	b.WriteString("[")
	for i, s := range list {
		switch {
		case long:
			b.WriteString("\n")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(hclString(s, variable))
		if long {
			b.WriteString(",")
		}
	}
	if long {
		b.WriteString("\n")
	}
	return b.String() + "]"
}

// hclString writes a policy variable as the place needs it.
func hclString(s, variable string) string {
	return strings.ReplaceAll(fmt.Sprintf("%q", s), "${", variable)
}

// json is the policy as a heredoc.
func (s policyStyle) json(statements []draftStatement) string {
	indent := ""
	if strings.HasPrefix(s.heredoc, "<<-") {
		indent = "    "
	}
	var b strings.Builder
	line := func(depth int, format string, args ...any) {
		b.WriteString("\n" + indent + strings.Repeat("  ", depth) + fmt.Sprintf(format, args...))
	}
	b.WriteString(s.heredoc)
	line(0, "{")
	line(1, `"Version": "2012-10-17",`)
	line(1, `"Statement": [`)
	for i, d := range statements {
		line(2, "{")
		line(3, `"Sid": %q,`, d.sid)
		line(3, `"Effect": %q,`, d.effect)
		line(3, `%q: %s,`, d.element(), jsonValue(d.actions, indent+"        "))
		comma := ""
		if len(d.conditions) > 0 {
			comma = ","
		}
		line(3, `"Resource": %s%s`, jsonValue(d.resources, indent+"        "), comma)
		if len(d.conditions) > 0 {
			line(3, `"Condition": {`)
			for j, c := range d.conditions {
				line(4, `%q: { %q: %s }%s`, c.operator, c.key, jsonValue(c.values, ""), commaUnless(j == len(d.conditions)-1))
			}
			line(3, "}")
		}
		line(2, "}%s", commaUnless(i == len(statements)-1))
	}
	line(1, "]")
	line(0, "}")
	b.WriteString("\n" + strings.TrimSuffix(indent, "  ") + strings.TrimLeft(s.heredoc, "<-"))
	return b.String()
}

func commaUnless(last bool) string {
	if last {
		return ""
	}
	return ","
}

// jsonValue is a string, or a list of several, on lines of their own when there
// are many.
func jsonValue(list []string, indent string) string {
	var quoted []string
	for _, s := range list {
		quoted = append(quoted, hclString(s, "$${"))
	}
	switch {
	case len(quoted) == 1:
		return quoted[0]
	case len(quoted) > 4 && indent != "":
		return "[\n" + indent + strings.Join(quoted, ",\n"+indent) + "\n" + indent[2:] + "]"
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// free is a label that no block of the type has in the module whose text stands
// in the directory of a file. The texts are asked, because a block with count = 0
// makes no resource and has its label all the same.
func free(r *terraform.Root, near source.Span, typ, label string) string {
	dir := dirOf(near.File.Name)
	taken := func(label string) bool {
		header := fmt.Sprintf("%q %q", typ, label)
		return slices.ContainsFunc(r.Files(), func(f *source.File) bool {
			return dirOf(f.Name) == dir && quotedPairs(f)[header]
		})
	}
	out := label
	for n := 2; taken(out); n++ {
		out = fmt.Sprintf("%s_%d", label, n)
	}
	return out
}

type quotedPairsKey struct{}

// quotedPairs are the pairs of quoted words in a file, as labels stand in the header of a
// block.
func quotedPairs(f *source.File) map[string]bool {
	return source.Derived(f, quotedPairsKey{}, func() map[string]bool {
		out, text := map[string]bool{}, string(f.All())
		for from := 0; ; {
			i := strings.Index(text[from:], `" "`)
			if i < 0 {
				return out
			}
			i += from
			start := strings.LastIndexByte(text[:i], '"')
			if n := strings.IndexByte(text[i+3:], '"'); start >= 0 && n >= 0 {
				out[text[start:i+3+n+1]] = true
			}
			from = i + 1
		}
	})
}
