package proof

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// RootClass is what service control policies do to root without MFA. The zero
// RootClass is not determined.
type RootClass int8

// The classes.
const (
	RootUndetermined RootClass = iota
	RootDenied                 // root can do nothing, with MFA or without
	MFAEnforced                // root can do nothing without MFA but enrol a device
	RootPartial                // something slips through
	RootNone                   // nothing stops root
	RootMalformed              // AWS refuses the document that would stop root
)

func (c RootClass) String() string {
	return [...]string{"UNDETERMINABLE", "ROOT_DENIED", "MFA_ENFORCED", "PARTIAL", "NONE", "MALFORMED"}[c]
}

// Verdict is what the class means.
func (c RootClass) Verdict() Verdict {
	switch c {
	case RootDenied, MFAEnforced:
		return Holds
	case RootPartial, RootNone, RootMalformed:
		return Violated
	}
	return Undetermined
}

// RootOptions says which root is asked about.
type RootOptions struct {
	// Account is the id of the member account; "" for every account that may be a
	// member.
	Account string
	// Partitions are those that the organization may be in, usually one. None:
	// those that the documents name, else aws.
	Partitions []string
	// Exempt actions may be left to root without MFA beside those that enrol a
	// device: the project's setting.
	Exempt []string
	// Now is when requests begin to be made; the zero Time leaves that open.
	Now time.Time
}

// RootResult is the answer of RootMFA.
type RootResult struct {
	Class   RootClass
	Witness *Witness // of a violation
	Near    *NearMiss
	// Exempt are the patterns of a NotAction, as written, that all that slips
	// through comes from; nil when something else does.
	Exempt []string
	// Tolerated are actions that a proof leaves to root without MFA though
	// enrolling a device does not need them; advice.
	Tolerated []string
	// SignsIn are those of them that only sign in.
	SignsIn []string
	// BlocksRoles names the statement that also stops role sessions, which never
	// carry MFA; BlocksAssumedRoot the one that stops central root sessions.
	BlocksRoles, BlocksAssumedRoot *policy.Statement
	// Until is when a proof ends, where that is soon.
	Until time.Time
	// Deciding are the statements that stop root.
	Deciding []*policy.Statement
	Needs    []value.Reason // of an undetermined class
}

// NearMiss is a statement that is about the property and does not achieve it.
type NearMiss struct {
	Statement *policy.Statement
	Condition *policy.Condition // nil when it is not a condition that fails
	Defect    string            // a stable word: bool-without-if-exists
	Words     string            // "statement 1 of scp.tf:14 tests it with Bool, which does not match an absent key"
}

// Span is the text at fault: the condition, the element, else the statement.
func (n *NearMiss) Span() source.Span {
	switch n.Defect {
	case DefectBool, DefectForAny, DefectAge, DefectNullOnly, DefectStringOnBool, DefectWildcard, DefectInverted:
		if span := n.Condition.OperatorSpan(); !span.IsZero() {
			return span
		}
	}
	switch n.Defect {
	case DefectARN, DefectPartition, DefectAccount, DefectPrincipalType, DefectPolarity, DefectVia, DefectOpenList, "contradicts", "lockout":
		if span := n.Statement.ValueSpan(n.Condition); !span.IsZero() {
			return span
		}
	}
	if n.Condition != nil {
		if span := n.Condition.Span(); !span.IsZero() {
			return span
		}
	}
	element := ""
	switch n.Defect {
	case DefectActions:
		element = "Action"
	case DefectExempts:
		element = "NotAction"
	case DefectResource:
		element = "Resource"
	}
	if element != "" && n.Statement.Value != nil {
		for _, a := range n.Statement.Value.Attrs {
			k, _ := a.Key()
			if (k == element || element == "Resource" && k == "NotResource") && !a.Value.Span.IsZero() {
				if a.Name.Span.IsZero() {
					return a.Value.Span
				}
				return a.Name.Span.To(a.Value.Span)
			}
		}
	}
	return n.Statement.Span()
}

// RootMFA decides whether the policies on an account's path stop its root user
// from acting without MFA.
func RootMFA(levels []Level, opt RootOptions) RootResult {
	r := rootMFAAt(levels, opt)
	if r.Class.Verdict() == Holds {
		r.Until = until(documentsOf(levels), opt.Now, func(t time.Time) bool {
			later := opt
			later.Now = t
			return rootMFAAt(levels, later).Class.Verdict() == Holds
		})
	}
	return r
}

func rootMFAAt(levels []Level, opt RootOptions) RootResult {
	var local localized
	s := caseSplit[RootResult]{
		kind:      func(int) policy.Kind { return policy.SCP },
		decide:    func(docs []*policy.Document) RootResult { return rootMFA(levelsOf(levels, docs), opt) },
		class:     func(r RootResult) int { return settled(r.Class.Verdict()) },
		needs:     func(r RootResult) []value.Reason { return r.Needs },
		undecided: func(needs []value.Reason, _ RootResult) RootResult { return RootResult{Needs: needs} },
		both:      RootResult.and,
		left:      maxDecisions,
		local:     &local,
	}
	return s.whole(documentsOf(levels)).original(&local)
}

// and is what two results say together, which agree on the verdict.
func (r RootResult) and(o RootResult) RootResult {
	out := lesser(func(r RootResult) RootClass { return r.Class })(r, o)
	if !slices.Equal(r.Tolerated, o.Tolerated) {
		out.Tolerated = nil
	}
	if r.BlocksRoles == nil || o.BlocksRoles == nil {
		out.BlocksRoles = nil
	}
	if r.BlocksAssumedRoot == nil || o.BlocksAssumedRoot == nil {
		out.BlocksAssumedRoot = nil
	}
	return out
}

func rootMFA(levels []Level, opt RootOptions) RootResult {
	sound, broken := sortOut(levels, policy.SCP)
	docs := documentsOf(sound)
	partitions, _ := partitionsOf(opt.Partitions, docs)
	var results []RootResult
	for _, p := range partitions {
		var local localized
		here := local.levels(sound, p)
		m := membersOf(documentsOf(here), p, opt.Account)
		var one []RootResult
		for i, a := range m.accounts {
			q := rootQuestion{levels: here, partition: p, account: a, opt: opt, docs: documentsOf(here), member: m.words(i)}
			one = append(one, q.decide().original(&local))
		}
		results = append(results, m.rootResult(one))
	}
	result := agree(results, partitions)
	if result.Class.Verdict() == Violated {
		if near := brokenNear(broken); near != nil {
			result.Near = near
			if result.Class == RootNone {
				result.Class = RootMalformed
			}
			if result.Witness != nil {
				result.Witness.Because = near.Words
			}
		}
	}
	return result
}

// original is the result in terms of the documents that were asked about.
func (r RootResult) original(l *localized) RootResult {
	r.Near = l.near(r.Near)
	r.BlocksRoles, r.BlocksAssumedRoot = l.statement(r.BlocksRoles), l.statement(r.BlocksAssumedRoot)
	for i, s := range r.Deciding {
		r.Deciding[i] = l.statement(s)
	}
	return r
}

// sortOut leaves out the documents that AWS refuses: they stop nothing.
func sortOut(levels []Level, kind policy.Kind) (sound []Level, broken []*policy.Document) {
	for _, l := range levels {
		kept := Level{FullAccess: l.FullAccess}
		for _, d := range l.Documents {
			if d == nil {
				d = &policy.Document{Open: true}
			}
			if refused(d, kind) != nil {
				broken = append(broken, d)
			} else {
				kept.Documents = append(kept.Documents, d)
			}
		}
		sound = append(sound, kept)
	}
	return sound, broken
}

// refused is the first reason why AWS would not take the document.
func refused(d *policy.Document, kind policy.Kind) *policy.Problem {
	for _, p := range d.Validate(kind) {
		// What is only bad style AWS takes all the same.
		if !p.Lint {
			return &p
		}
	}
	return nil
}

func documentsOf(levels []Level) []*policy.Document {
	var docs []*policy.Document
	for _, l := range levels {
		docs = append(docs, l.Documents...)
	}
	return docs
}

// rootResult is the answer for all members, of one for each account.
func (m *members) rootResult(results []RootResult) RootResult {
	first := results[0]
	var needs []value.Reason
	agreed := true
	for _, r := range results {
		switch {
		case r.Class.Verdict() == Violated:
			return r
		case r.Class.Verdict() != first.Class.Verdict():
			agreed = false
		}
		needs = addReasons(needs, r.Needs...)
	}
	switch {
	case !agreed:
		return RootResult{Needs: needs}
	// A violation was returned above: what was not tried can only undo a proof.
	case m.tooMany.Text != "" && first.Class.Verdict() != Undetermined:
		return RootResult{Needs: []value.Reason{m.tooMany}}
	}
	return first
}

// agree is the answer for all partitions that may be meant: the same for each, else
// undetermined.
func agree(results []RootResult, partitions []string) RootResult {
	first := results[0]
	for _, r := range results[1:] {
		if r.Class.Verdict() != first.Class.Verdict() {
			return RootResult{Needs: addReasons(addReasons(first.Needs, r.Needs...),
				value.Reason{Text: "the organization's partition is not known: " + strings.Join(partitions, " or ")})}
		}
	}
	return first
}

type rootQuestion struct {
	levels             []Level
	docs               []*policy.Document
	partition, account string
	opt                RootOptions
	member             string // which account it is, in words
}

func (q *rootQuestion) formula() *formula {
	f := &formula{now: q.opt.Now}
	for _, l := range q.levels {
		f.level(l.Documents, l.FullAccess)
	}
	return f
}

// exemptActions are what root may do without MFA, as globs in lower case.
func exemptActions(more []string, tolerate bool) []string {
	out := sortedKeys(exemptable)
	if tolerate {
		out = append(out, sortedKeys(tolerable)...)
		out = append(out, sortedKeys(signingIn)...)
		out = append(out, "iam:get*", "iam:list*")
	}
	for _, m := range more {
		out = append(out, strings.ToLower(m))
	}
	return out
}

func (q *rootQuestion) ask(f *formula, mfa mfaState, tolerate, all bool) answer {
	question := &question{
		formula: f,
		base:    rootRequest(q.partition, q.account, mfa),
		exempt:  exemptActions(q.opt.Exempt, tolerate),
		domains: memberDomains(q.docs), anyAccount: true,
	}
	if mfa == withMFA {
		question.domains["aws:multifactorauthage"] = ages(q.docs)
	}
	return question.ask(all)
}

// ages are how long ago somebody who has MFA may have used it.
func ages(docs []*policy.Document) []policy.ContextValue {
	out := []policy.ContextValue{policy.One("1")}
	for _, d := range docs {
		for _, s := range d.Statements {
			for _, c := range s.Conditions {
				if !strings.EqualFold(c.Key, "aws:MultiFactorAuthAge") {
					continue
				}
				for _, p := range c.Values {
					text, _ := p.Text()
					for _, n := range around(text) {
						if !strings.HasPrefix(n, "-") {
							out = append(out, policy.One(n))
						}
					}
				}
			}
		}
	}
	return out
}

func (q *rootQuestion) decide() RootResult {
	// A session without MFA carries aws:MultiFactorAuthPresent false, an access key does not
	// carry it at all. A Deny with Bool stops the one, with BoolIfExists both: each is asked.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
	f := q.formula()
	console := q.ask(f, withoutMFA, true, false)
	key := q.ask(f, withAccessKey, true, false)
	switch {
	case console.stopped == value.No || key.stopped == value.No:
		return q.violated(f, console, key)
	case console.stopped == value.Maybe || key.stopped == value.Maybe:
		return RootResult{Needs: addReasons(slices.Clone(console.needs), key.needs...)}
	}
	result := RootResult{Class: MFAEnforced}
	if q.ask(f, withMFA, true, false).stopped == value.Yes {
		result.Class = RootDenied
	}
	result.Deciding = q.deciding(f)
	if open := q.ask(f, withoutMFA, false, true); open.stopped == value.No {
		result.Tolerated = open.open
		result.SignsIn = slices.DeleteFunc(slices.Clone(open.open), func(action string) bool { return !signingIn[strings.ToLower(action)] })
	}
	q.overblocking(f, &result)
	return result
}

func (q *rootQuestion) violated(f *formula, console, key answer) RootResult {
	result := RootResult{Class: RootNone}
	if q.somethingStopped(f) {
		result.Class = RootPartial
	}
	worst, mfa := console, withoutMFA
	if worst.stopped != value.No {
		worst, mfa = key, withAccessKey
	}
	result.Witness = newWitness(worst.request, append(keysOf(f), "aws:multifactorauthpresent"))
	result.Near = nearMiss(f, q.docs, worst.request)
	who := "root of " + q.member
	if q.opt.Account != "" && len(accountsIn(q.docs)) > 0 {
		who = "root of account " + q.account
	}
	result.Witness.Words = who + rootWords(worst.request, mfa)
	if result.Near != nil {
		result.Witness.Because = result.Near.Words
	} else {
		result.Witness.Because = "no service control policy stops it"
	}
	// A NotAction lets both through: where only one is, the reason is how MFA is tested.
	if result.Class == RootPartial && (console.stopped == key.stopped) {
		result.Exempt = exemptions(f, q.ask(f, mfa, true, true).open)
	}
	q.overblocking(f, &result)
	return result
}

// exemptions are the patterns of NotAction that match open actions; nil when
// they do not match all of them.
func exemptions(f *formula, open []string) []string {
	var out []string
	for _, action := range open {
		found := false
		for _, s := range f.denies {
			if !s.NotAction || !aboutRoot(s) {
				continue
			}
			for _, p := range s.Actions {
				if p.Matches(action) == value.Yes {
					found = true
					if text := p.String(); !slices.Contains(out, text) {
						out = append(out, text)
					}
				}
			}
		}
		if !found {
			return nil
		}
	}
	return out
}

func rootWords(r *policy.Request, mfa mfaState) string {
	how := "in a console session without MFA (aws:MultiFactorAuthPresent false)"
	if mfa == withAccessKey {
		how = "with an access key (aws:MultiFactorAuthPresent absent)"
	}
	return fmt.Sprintf(" calling %s %s%s", actionWords(r.Action), how, furtherKeys(r))
}

func actionWords(action string) string {
	service, name, _ := strings.Cut(action, ":")
	switch {
	case action == otherAction:
		return "an action of a service that no policy names"
	case name == "Any":
		return "any action of " + service
	case name == strings.ToLower(name): // made up: AWS's begin with a capital
		return "an action that no policy names, such as " + action + ","
	}
	return action
}

// furtherKeys tells the keys that the search had to choose.
func furtherKeys(r *policy.Request) string {
	var b strings.Builder
	constant := direct(withMFA)
	for _, k := range sortedKeys(r.Context) {
		if _, ok := constant[k]; ok || !tells(r, k) {
			continue
		}
		if v := r.Context[k]; v.Presence == policy.Known {
			fmt.Fprintf(&b, ", with %s %s", spelled(k), strings.Join(v.Values, " and "))
		} else {
			fmt.Fprintf(&b, ", without %s", spelled(k))
		}
	}
	return b.String()
}

// tells says that a key is worth telling: that it is not the same in every
// request of such a caller.
func tells(r *policy.Request, k string) bool {
	switch {
	case k == "aws:multifactorauthpresent":
		return true
	case k == "aws:multifactorauthage" || k == "aws:tokenissuetime" || keyOf(k).There == aws.Never:
		return false
	case strings.HasPrefix(k, "aws:principaltag/") && r.Caller != nil && r.Caller.Kind == policy.RootCaller:
		return false
	}
	_, constant := direct(withMFA)[k]
	return !constant
}

// somethingStopped says that the policies do something about root or MFA: a
// sensitive action is stopped for root without MFA, and not just as it is for
// root with MFA and for roles.
func (q *rootQuestion) somethingStopped(f *formula) bool {
	role := q.anyRole()
	with := rootRequest(q.partition, q.account, withMFA)
	with.Context["aws:multifactorauthage"] = policy.One("1")
	fixed := memberDomains(q.docs)
	// Single requests are compared here, without a search: what is the same for every
	// member is so in all of them, or the difference could come from that.
	bare := func(r *policy.Request) *policy.Request {
		for _, k := range keysOf(f) {
			if _, listed := r.Context[k]; listed {
				continue
			}
			d := fixed[k]
			if family := familyOf(k); family != "" {
				d = fixed[family]
			}
			switch {
			case keyOf(k).There == aws.Never:
				r = assign(r, k, policy.ContextValue{})
			case len(d) == 1:
				r = assign(r, k, d[0])
			}
		}
		return r
	}
	role, with = bare(role), bare(with)
	for _, mfa := range []mfaState{withoutMFA, withAccessKey} {
		root := bare(rootRequest(q.partition, q.account, mfa))
		for _, asked := range f.onSensitive(root) {
			at := func(r *policy.Request) value.Tri {
				c := *r
				c.Action, c.Resource = asked.Action, asked.Resource
				return f.stops(&c)
			}
			if t := at(root); t != value.No && (at(with) != t || at(role) != t) {
				return true
			}
		}
	}
	return false
}

// deciding are the Denies that stop root creating a user without MFA, and those that
// stop an action of a service that no policy names where these do not.
func (q *rootQuestion) deciding(f *formula) []*policy.Statement {
	var out []*policy.Statement
	for _, mfa := range []mfaState{withoutMFA, withAccessKey} {
		for i, action := range []string{tellingActions[0], otherAction} {
			r := f.current(rootRequest(q.partition, q.account, mfa))
			r.Action, r.Unlisted = action, policy.Absent
			r.Resource = (&question{base: r}).typicalResource(r.Action)
			stops := func(s *policy.Statement) bool { return s.Effect == policy.Deny && s.Matches(r) == value.Yes }
			if i > 0 && slices.ContainsFunc(out, stops) {
				continue
			}
			for _, s := range f.denies {
				if stops(s) && !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// anyRole is a request of an ordinary role, one that the policies do not name.
func (q *rootQuestion) anyRole() *policy.Request {
	return roleRequest(q.partition, q.account, freshName("example-role", q.docs))
}

// overblocking finds statements about root or MFA that also stop role sessions
// or central root sessions.
func (q *rootQuestion) overblocking(f *formula, result *RootResult) {
	for _, s := range f.denies {
		if s.Effect != policy.Deny || !aboutRoot(s) {
			continue
		}
		if result.BlocksRoles == nil && q.stopsRoles(s) {
			result.BlocksRoles = s
		}
		if result.BlocksAssumedRoot == nil && q.stopsCentral(s) {
			result.BlocksAssumedRoot = s
		}
	}
}

// stopsRoles says that a statement stops what ordinary role sessions do: whatever
// action of a service that it does not name, on anything.
func (q *rootQuestion) stopsRoles(s *policy.Statement) bool {
	return q.stopsAll(s, []string{otherAction}, q.anyRole())
}

// stopsAll says that a statement stops actions on whatever it can tell apart.
func (q *rootQuestion) stopsAll(s *policy.Statement, actions []string, r *policy.Request) bool {
	f := &formula{now: q.opt.Now, denies: []*policy.Statement{s}}
	r = f.current(r)
	r.Unlisted = policy.Absent
	for _, a := range actions {
		c := *r
		c.Action, c.Resource = a, (&question{base: r}).typicalResource(a)
		if s.Matches(&c) != value.Yes {
			return false
		}
		if coversResources(s) {
			continue
		}
		if slices.ContainsFunc(f.on(r, a), func(r *policy.Request) bool { return s.Matches(r) != value.Yes }) {
			return false
		}
	}
	return true
}

// centralActions are what sessions of sts:AssumeRoot are for.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
var centralActions = []string{"iam:DeactivateMFADevice", "s3:DeleteBucketPolicy"}

// stopsCentral says that a session of sts:AssumeRoot could not do what it is
// for, whichever MFA keys it carries: AWS does not document that.
func (q *rootQuestion) stopsCentral(s *policy.Statement) bool {
	for _, mfa := range []mfaState{withoutMFA, withAccessKey} {
		r := rootRequest(q.partition, q.account, mfa)
		r.Context["aws:assumedroot"] = policy.One("true")
		if !q.stopsAll(s, centralActions, r) {
			return false
		}
	}
	return true
}
