package checks

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// rotation is what makes Terraform replace a resource from time to time.
type rotation struct {
	rotators []*terraform.Resource // time_rotating resources that replace it
	unwired  []*terraform.Resource // those that seem to be meant for it, and do not
	eachRun  bool                  // something replaces it each time Terraform runs
}

// rotatedBy follows what triggers the replacement of a resource.
func rotatedBy(r *terraform.Resource) rotation {
	var out rotation
	follow := follower{root: r.Root, seen: map[string]bool{}}
	for _, v := range r.ReplaceTriggeredBy {
		follow.value(v)
	}
	// Both cannot be changed in place: a new value is a new key.
	follow.value(r.Attr("user"))
	follow.value(r.Attr("pgp_key"))
	for _, why := range r.Why {
		for _, m := range mention.FindAllStringSubmatch(why.Text, -1) {
			follow.named(r.Module, m[1]) // a key of for_each
		}
	}
	out.rotators, out.eachRun = follow.rotators, follow.eachRun
	for _, t := range r.Root.Resources("time_rotating") {
		if t.Module == r.Module && !slices.Contains(out.rotators, t) && (mentions(r.Body, t.Name) || unused(t)) {
			out.unwired = append(out.unwired, t)
		}
	}
	return out
}

// mention is a reference to a rotation.
var mention = regexp.MustCompile(`\btime_rotating\.([A-Za-z_][A-Za-z0-9_-]*)`)

func mentions(s source.Span, name string) bool {
	return slices.ContainsFunc(mention.FindAllStringSubmatch(s.Text(), -1), func(m []string) bool { return m[1] == name })
}

// unused says that nothing in the module refers to a rotation.
func unused(t *terraform.Resource) bool {
	if t.Header.IsZero() {
		return false
	}
	dir := path.Dir(t.Header.File.Name)
	for _, f := range t.Root.Files() {
		if path.Dir(f.Name) == dir && mentions(source.Span{File: f, End: len(f.Bytes)}, t.Name) {
			return false
		}
	}
	return true
}

// follower collects the rotations behind triggers, through resources that pass
// a change on: terraform_data, null_resource, random_*, time_static.
type follower struct {
	root     *terraform.Root
	seen     map[string]bool
	rotators []*terraform.Resource
	eachRun  bool
}

func (f *follower) value(v *value.Value) {
	v.Walk(func(w *value.Value) bool {
		if w.Ref != nil && !w.Ref.Data {
			f.resource(w.Ref.Type, w.Ref.Address)
		}
		return true
	})
}

func (f *follower) resource(typ, address string) {
	if f.seen[address] {
		return
	}
	f.seen[address] = true
	relays := typ == "terraform_data" || typ == "null_resource" || typ == "time_static" || typ == "time_offset" || strings.HasPrefix(typ, "random_")
	if typ != "time_rotating" && !relays {
		return
	}
	for _, r := range f.root.Resources(typ) {
		if r.Address != address && !strings.HasPrefix(r.Address, address+"[") {
			continue
		}
		if typ == "time_rotating" {
			f.rotators = append(f.rotators, r)
			continue
		}
		f.eachRun = f.eachRun || strings.Contains(r.Body.Text(), "timestamp()")
		if r.Block != nil {
			f.value(r.Block)
		}
		for _, v := range r.ReplaceTriggeredBy {
			f.value(v)
		}
	}
}

func (f *follower) named(module, name string) {
	for _, r := range f.root.Resources("time_rotating") {
		if r.Module == module && r.Name == name && !slices.Contains(f.rotators, r) {
			f.rotators = append(f.rotators, r)
		}
	}
}

// period is how often a rotation is due.
type period struct {
	days  int // at most
	once  bool
	known bool
	why   []value.Reason
}

// rotationUnits are the ways to write a period.
var rotationUnits = []struct {
	attr string
	days func(n int) int
}{
	{"rotation_minutes", func(n int) int { return (n + 24*60 - 1) / (24 * 60) }},
	{"rotation_hours", func(n int) int { return (n + 23) / 24 }},
	{"rotation_days", func(n int) int { return n }},
	{"rotation_months", daysOfMonths},
	{"rotation_years", func(n int) int { return daysOfMonths(12 * n) }},
}

// periodOf reads the period of a time_rotating. Where several are written the
// longest counts.
func periodOf(r *terraform.Resource) period {
	out := period{known: true, once: true}
	for _, u := range rotationUnits {
		v := r.Attr(u.attr)
		if v.Missing() {
			continue
		}
		n, ok := v.WholeNumber()
		if !ok {
			out.known = false
			out.why = append(out.why, value.Needs("the "+u.attr+" of '"+r.Address+"'", r.AttributeSpan(u.attr), v)...)
			continue
		}
		out.once, out.days = false, max(out.days, u.days(n))
	}
	return out
}

// daysOfMonths is the most days that so many months in a row have.
func daysOfMonths(n int) int {
	most := 0
	for m := range 48 { // four years hold a leap year
		from := time.Date(2024, time.January+time.Month(m), 1, 0, 0, 0, 0, time.UTC)
		most = max(most, int(from.AddDate(0, n, 0).Sub(from).Hours()/24))
	}
	return most
}
