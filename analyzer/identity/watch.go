package identity

import (
	"regexp"
	"strings"

	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// WatchesRoot says whether something in the scan notices that root is used: an
// alarm on a metric filter about root, or an EventBridge rule with a target. A
// GuardDuty detector alone notices and tells nobody. Where it is Maybe, why says
// what would decide.
func (m *Model) WatchesRoot() (is value.Tri, why []value.Reason) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.watchedRoot()
}

func (m *Model) watchedRoot() (is value.Tri, why []value.Reason) {
	if m.watched == nil {
		is, why := m.watchesRoot()
		m.watched = &watched{is, why}
	}
	return m.watched.is, m.watched.why
}

type watched struct {
	is  value.Tri
	why []value.Reason
}

func (m *Model) watchesRoot() (watched value.Tri, why []value.Reason) {
	watched = value.No
	add := func(t value.Tri, reasons func() []value.Reason) {
		if watched = watched.Or(t); t == value.Maybe {
			why = append(why, reasons()...)
		}
	}
	for _, r := range m.Roots {
		for _, f := range r.Resources("aws_cloudwatch_log_metric_filter") {
			about := matchesRoot(f.Attr("pattern")).And(f.Exists)
			if about == value.No {
				continue
			}
			add(about.And(m.alarmed(f)), func() []value.Reason { return reasonsFor(f, "pattern", "metric_transformation") })
		}
		for _, rule := range r.Resources("aws_cloudwatch_event_rule") {
			about := eventsOfRoot(rule.Attr("event_pattern")).And(rule.Exists).And(enabled(rule))
			if about == value.No {
				continue
			}
			add(about.And(targeted(rule)), func() []value.Reason { return reasonsFor(rule, "event_pattern", "state", "is_enabled") })
		}
		for _, u := range r.UnreadModules() {
			if mayWatch(u) {
				add(value.Maybe, func() []value.Reason { return []value.Reason{u.Why} })
			}
		}
	}
	if watched == value.Yes {
		why = nil
	}
	return watched, why
}

func reasonsFor(r *terraform.Resource, attributes ...string) []value.Reason {
	out := r.Why[:len(r.Why):len(r.Why)]
	for _, a := range attributes {
		out = append(out, r.Attr(a).AllWhy()...)
	}
	if len(out) == 0 {
		out = []value.Reason{{Text: "what acts on '" + r.Address + "'", Span: r.Header}}
	}
	return out
}

var rootPattern = regexp.MustCompile(`(?i)\$\.userIdentity\.type\s*=\s*"?Root\b`)

// matchesRoot says whether a metric filter is about root.
func matchesRoot(pattern *value.Value) value.Tri {
	if text, ok := pattern.Text(); ok {
		return value.TriOf(rootPattern.MatchString(text))
	}
	for _, p := range pattern.Parts {
		if p.Hole == nil && rootPattern.MatchString(p.Text.String) {
			return value.Yes
		}
	}
	return value.Maybe
}

// alarmed says whether an alarm stands on a metric that a filter makes.
func (m *Model) alarmed(filter *terraform.Resource) value.Tri {
	out := value.No
	for _, r := range m.Roots {
		for _, alarm := range r.Resources("aws_cloudwatch_metric_alarm") {
			name := alarm.Attr("metric_name")
			if name.Missing() {
				if !alarm.Attr("metric_query").Missing() {
					out = out.Or(value.Maybe)
				}
				continue
			}
			if filter.Is(name, "") {
				return alarm.Exists
			}
			for _, t := range filter.Attr("metric_transformation").Elems {
				out = out.Or(equalTexts(name, t.Get("name")).And(equalTexts(alarm.Attr("namespace"), t.Get("namespace"))).And(alarm.Exists))
			}
		}
	}
	return out
}

func equalTexts(a, b *value.Value) value.Tri {
	if a.Ref != nil && b.Ref != nil && *a.Ref == *b.Ref {
		return value.Yes
	}
	s, ok := a.Text()
	t, known := b.Text()
	if !ok || !known {
		return value.Maybe
	}
	return value.TriOf(s == t)
}

// eventsOfRoot says whether an event pattern matches what root does or that it
// signs in.
func eventsOfRoot(pattern *value.Value) value.Tri {
	if pattern.Missing() {
		return value.No
	}
	tree, err := value.DecodeJSON(pattern)
	switch {
	case err != nil:
		return value.No
	case !tree.IsMapping():
		return value.Maybe
	}
	detail := tree.Get("detail")
	if kind := mentions(detail.Get("type"), "RootCredentialUsage"); kind != value.No {
		return kind // GuardDuty's finding, passed on
	}
	if who := detail.Get("userIdentity"); !who.Missing() {
		return mentions(who.Get("type"), "Root").And(fromTrail(tree))
	}
	if name := detail.Get("eventName"); !name.Missing() && mentions(name, "ConsoleLogin") == value.No {
		return value.No
	}
	return mentions(tree.Get("detail-type"), "AWS Console Sign In via CloudTrail").Or(mentions(tree.Get("source"), "aws.signin"))
}

// fromTrail says whether a pattern lets CloudTrail's events through.
func fromTrail(tree *value.Value) value.Tri {
	kind := tree.Get("detail-type")
	if kind.Missing() {
		return value.Yes
	}
	return mentions(kind, "CloudTrail")
}

// mentions says whether a text, or a list of them, has one that contains a word.
func mentions(v *value.Value, word string) value.Tri {
	out := value.No
	v.Walk(func(w *value.Value) bool {
		text, known := w.Text()
		switch {
		case w.Is(value.Unknown) || w.Open || w.Is(value.String) && !known:
			out = out.Or(value.Maybe)
		case known:
			out = out.Or(value.TriOf(strings.Contains(text, word)))
		}
		return true
	})
	return out
}

func enabled(rule *terraform.Resource) value.Tri {
	if state := rule.Attr("state"); !state.Missing() {
		text, ok := state.Text()
		if !ok {
			return value.Maybe
		}
		return value.TriOf(text != "DISABLED")
	}
	switch on := rule.Attr("is_enabled"); {
	case on.Missing():
		return value.Yes
	case on.Is(value.Bool):
		return value.TriOf(on.Bool)
	}
	return value.Maybe
}

// targeted says whether anybody is told of what a rule matches.
func targeted(rule *terraform.Resource) value.Tri {
	out := value.No
	for _, t := range rule.Root.Resources("aws_cloudwatch_event_target") {
		named := t.Attr("rule")
		if rule.Is(named, "") {
			out = out.Or(t.Exists)
		} else {
			out = out.Or(equalTexts(named, rule.Attr("name")).And(t.Exists))
		}
	}
	return out
}

// mayWatch says that a module that is not at hand may watch root: it is named
// for alarms, events or a baseline.
func mayWatch(m terraform.UnreadModule) bool {
	return named(m, "alarm", "cloudwatch", "cloudtrail", "monitor", "alert", "notif", "event", "cis", "baseline", "security", "siem")
}
