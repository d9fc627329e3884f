package main

import (
	"fmt"
	"io"
	"path"
	"sort"
	"strconv"
	"strings"

	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

func inspectText(w io.Writer, scanRoot, seen report.Seen, found []inspected) error {
	var b strings.Builder
	for i, one := range found {
		if i > 0 {
			b.WriteByte('\n')
		}
		one.text(&b, scanRoot, seen)
	}
	_, err := io.WriteString(w, report.Clean(b.String()))
	return err
}

func (i inspected) text(b *strings.Builder, scanRoot, seen report.Seen) {
	r := i.resource
	b.WriteString(r.Address)
	if dir := scanRoot.Name(r.Root.Dir); dir != "." && r.Root.Dir != "" {
		fmt.Fprintf(b, "  in %s", dir)
	}
	if name := onlyEvidence(r.Root); name != "" {
		fmt.Fprintf(b, "  in %s", seen.Name(name))
	}
	if r.Root.Label != "" {
		fmt.Fprintf(b, "  with %s", r.Root.Label)
	}
	if !r.Header.IsZero() {
		fmt.Fprintf(b, "  (%s:%d)", seen.Name(r.Header.File.Name), r.Header.StartPos().Line)
	}
	if r.Construct != "" {
		fmt.Fprintf(b, "  of construct %s", r.Construct)
	}
	if len(r.Actions) > 0 {
		fmt.Fprintf(b, "  %s", strings.Join(r.Actions, ", "))
	}
	b.WriteByte('\n')
	if r.Exists == value.Maybe {
		fmt.Fprintf(b, "  it is not known whether it exists: %s\n", reasons(r.Why, seen))
	}
	for _, a := range r.Assumptions {
		fmt.Fprintf(b, "  assuming %s\n", a.Text)
	}
	for _, a := range i.values {
		if a.v.Is(value.Absent) || a.path == "minified_json" && len(i.values) > 1 {
			continue // a policy document's JSON says it already
		}
		fmt.Fprintf(b, "  %s = %s\n", a.path, indent(describe(a.v), "  "))
		explainValue(b, a.v, seen)
	}
}

// onlyEvidence is the plan or state that a root was read from, when that is all
// there is of it.
func onlyEvidence(r *terraform.Root) string {
	if files := r.Files(); r.PlanAlone() && len(files) > 0 {
		return files[0].Name
	}
	return ""
}

// describe prints a value; unknown pieces are … .
func describe(v *value.Value) string {
	switch {
	case v == nil || v.Is(value.Unknown):
		return "(not known)"
	case v.Sensitive:
		return "(sensitive)"
	}
	switch v.Kind {
	case value.Absent, value.Null:
		return "null"
	case value.Bool:
		return fmt.Sprint(v.Bool)
	case value.Number:
		return v.Number.Text('f', -1)
	case value.String:
		if v.JSON != nil {
			return "JSON " + describe(v.JSON)
		}
		var b strings.Builder
		for _, p := range v.Parts {
			if p.Hole != nil {
				b.WriteString("…")
			} else {
				b.WriteString(p.Text.String)
			}
		}
		if s := b.String(); strings.Contains(s, "\n") {
			return "<<\n" + indent("  "+s, "  ")
		}
		return quote(b.String())
	case value.Object, value.Map:
		lines := []string{}
		for _, a := range v.Attrs {
			lines = append(lines, describeName(a.Name)+" = "+describe(a.Value))
		}
		return bracket("{", lines, "}", v.Open)
	}
	lines := []string{}
	for _, e := range v.Elems {
		lines = append(lines, describe(e))
	}
	return bracket("[", lines, "]", v.Open)
}

// quote is a string on one line, with its letters as they are.
func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

func describeName(v *value.Value) string {
	text, ok := v.Text()
	switch {
	case !ok:
		return describe(v)
	case strings.ContainsAny(text, " \t\n\"") || text == "":
		return quote(text)
	}
	return text
}

func bracket(open string, lines []string, closing string, more bool) string {
	if more {
		lines = append(lines, "… (there may be more)")
	}
	if len(lines) == 0 {
		return open + closing
	}
	return open + "\n  " + indent(strings.Join(lines, "\n"), "  ") + "\n" + closing
}

func indent(s, by string) string { return strings.ReplaceAll(s, "\n", "\n"+by) }

// explainValue prints where a value and what is in it come from, and why
// something of it is not known. A chain of names that holds for several places
// is printed at the first.
func explainValue(b *strings.Builder, v *value.Value, seen report.Seen) {
	printed := map[string]bool{}
	walkPlaces(v, "", func(w *value.Value, place string) {
		var chain strings.Builder
		for s := w.Via; s != nil; s = s.Next {
			fmt.Fprintf(&chain, "      from %s%s\n", s.Name, atLine(s.Span, seen))
		}
		text := chain.String()
		if text == "" || printed[text] {
			return
		}
		printed[text] = true
		if place != "" {
			text = "      " + place + indent(strings.TrimSuffix(" "+strings.TrimSpace(text), "\n"), "  ") + "\n"
		}
		b.WriteString(text)
	})
	for _, r := range v.AllWhy() {
		fmt.Fprintf(b, "      not known: %s\n", seen.Reason(r))
	}
	var texts []string
	for _, a := range v.AllAssumptions() {
		texts = append(texts, a.Text)
	}
	sort.Strings(texts)
	for _, t := range texts {
		fmt.Fprintf(b, "      assuming %s\n", t)
	}
}

// walkPlaces visits a value and what is in it, with the path to it.
func walkPlaces(v *value.Value, place string, visit func(*value.Value, string)) {
	if v == nil || v.Sensitive {
		return
	}
	visit(v, place)
	if v.JSON != nil {
		walkPlaces(v.JSON, place, visit)
	}
	for _, p := range v.Parts {
		if p.Hole != nil && v.JSON == nil {
			walkPlaces(p.Hole, place, visit)
		}
	}
	for i, e := range v.Elems {
		walkPlaces(e, place+"["+strconv.Itoa(i)+"]", visit)
	}
	for _, a := range v.Attrs {
		walkPlaces(a.Value, member(place, a.Name.TextOr("?")), visit)
	}
}

func atLine(s source.Span, seen report.Seen) string {
	if s.IsZero() {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", path.Clean(seen.Name(s.File.Name)), s.StartPos().Line)
}
