package identity

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

// Rotation is what makes Terraform replace a resource from time to time.
type Rotation struct {
	Rotators []*terraform.Resource // time_rotating resources that replace it
	Unwired  []*terraform.Resource // those that seem to be meant for it, and do not
	EachRun  bool                  // something replaces it each time Terraform runs
}

// RotationOf follows what triggers the replacement of a key.
func RotationOf(r *terraform.Resource) Rotation {
	var out Rotation
	follow := follower{root: r.Root, seen: map[string]bool{}}
	for _, v := range r.ReplaceTriggeredBy {
		follow.value(v)
	}
	// Both cannot be changed in place: a new value is a new key.
	follow.value(r.Attr("user"))
	follow.value(r.Attr("pgp_key"))
	for _, why := range r.Why {
		for _, m := range rotationMention.FindAllStringSubmatch(why.Text, -1) {
			follow.named(r.Module, m[1]) // a key of for_each
		}
	}
	out.Rotators, out.EachRun = follow.rotators, follow.eachRun
	for _, t := range r.Root.Resources("time_rotating") {
		if t.Module == r.Module && !slices.Contains(out.Rotators, t) && (mentionsRotation(r.Body, t.Name) || unusedRotation(t)) {
			out.Unwired = append(out.Unwired, t)
		}
	}
	return out
}

// rotationMention is a reference to a rotation.
var rotationMention = regexp.MustCompile(`\btime_rotating\.([A-Za-z_][A-Za-z0-9_-]*)`)

func mentionsRotation(s source.Span, name string) bool {
	return slices.ContainsFunc(rotationMention.FindAllStringSubmatch(s.Text(), -1), func(m []string) bool { return m[1] == name })
}

// unusedRotation says that nothing in the module refers to a rotation.
func unusedRotation(t *terraform.Resource) bool {
	if t.Header.IsZero() {
		return false
	}
	dir := path.Dir(t.Header.File.Name)
	for _, f := range t.Root.Files() {
		if path.Dir(f.Name) == dir && len(f.Mentions("time_rotating."+t.Name))+len(f.Mentions("resource.time_rotating."+t.Name)) > 0 {
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

// Period is how often a rotation is due.
type Period struct {
	Days  int            // at most
	Once  bool           // no period is written: it is due at one time, and never again
	Known bool           // false when some part of it is not
	Why   []value.Reason // it is not known
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

// PeriodOf reads the period of a time_rotating. Where several are written the
// longest counts.
func PeriodOf(r *terraform.Resource) Period {
	out := Period{Known: true, Once: true}
	for _, u := range rotationUnits {
		v := r.Attr(u.attr)
		if v.Missing() {
			continue
		}
		n, ok := v.WholeNumber()
		if !ok {
			out.Known = false
			out.Why = append(out.Why, value.Needs("the "+u.attr+" of '"+r.Address+"'", r.AttributeSpan(u.attr), v)...)
			continue
		}
		out.Once, out.Days = false, max(out.Days, u.days(n))
	}
	return out
}

// PeriodAttributes are those that the period of a time_rotating is written in.
func PeriodAttributes(r *terraform.Resource) []string {
	var out []string
	for _, u := range rotationUnits {
		if !r.Attr(u.attr).Missing() {
			out = append(out, u.attr)
		}
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
