package proof

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// UserClass is what the policies of a user do without MFA. The zero UserClass
// is not determined.
type UserClass int8

// The classes.
const (
	UserUndetermined UserClass = iota
	Enforced                   // without MFA only what enrolling a device needs
	ConsoleOnly                // console sessions need MFA, access keys do not
	KeysOnly                   // access keys are stopped, console sessions without MFA are not
	UserPartial                // something slips through both ways
	UserNone                   // nothing depends on MFA
)

func (c UserClass) String() string {
	return [...]string{"UNDETERMINABLE", "ENFORCED", "CONSOLE_ONLY", "KEYS_ONLY", "PARTIAL", "NONE"}[c]
}

// Verdict is what the class means for a user who may have access keys
// (keys not value.No) or has none.
func (c UserClass) Verdict(keys value.Tri) Verdict {
	switch c {
	case UserUndetermined:
		return Undetermined
	case Enforced:
		return Holds
	case ConsoleOnly:
		switch keys {
		case value.No:
			return Holds
		case value.Maybe:
			return Undetermined
		}
	}
	return Violated
}

// User is whose policies are asked about, and what they are.
type User struct {
	Name      string // "" when it is not known
	Partition string // "" when it is not known: aws
	Account   string // "" when it is not known
	// AccountName is what the account is called in documents as long as it is
	// not known (value.Value's Same).
	AccountName string
	// Path of the user: "/" when "". PathUnknown says that it may be any.
	Path        string
	PathUnknown bool
	// NameLike and PathLike are what is known of a name and a path that are not: they
	// begin or end in something, or are one of a few. Nil where nothing is.
	NameLike, PathLike *value.Value
	// Self is the resource that makes the user, by which documents refer to it; the
	// zero Ref is none.
	Self value.Ref
	// Tags of the user, and whether those are all of them.
	Tags     map[string]string
	TagsOpen bool

	// Documents are the user's own policies and those of its groups.
	Documents []*policy.Document
	// Boundary is the permissions boundary; nil when there is none.
	Boundary *policy.Document
	// Now is as in RootOptions.
	Now time.Time
	// SCPs of the account; nil when none are known, which changes no proof.
	SCPs []Level
}

// UserResult is the answer of UserMFA.
type UserResult struct {
	Class   UserClass
	Witness *Witness
	Near    *NearMiss
	// Granting is the statement that allows the witness.
	Granting *policy.Statement
	// Tolerated are actions that a proof leaves without MFA though enrolling a
	// device does not need them; advice.
	Tolerated []string
	// LocksOut says that without MFA the user cannot even enrol a device.
	LocksOut bool
	// MayEnrol says that it is shown to: it may create a virtual device, and enable it.
	MayEnrol bool
	// Unallowed says that it cannot with MFA either: nothing allows that.
	Unallowed bool
	// KeepsPassword says that it is for want of MFA that the user cannot change its
	// own password.
	KeepsPassword bool
	// Idle says that the policies allow nothing at all, with MFA or without, and SameWithMFA
	// that MFA makes no difference: what it may do with it, it may without.
	Idle, SameWithMFA bool
	// Until is as in RootResult.
	Until time.Time
	Needs []value.Reason
}

// UserMFA decides whether a user has to use MFA for everything but enrolling a
// device.
func UserMFA(u User) UserResult {
	r := userMFAAt(u)
	if r.Class == Enforced {
		docs := slices.Concat(u.Documents, documentsOf(u.SCPs), []*policy.Document{u.Boundary})
		r.Until = until(docs, u.Now, func(t time.Time) bool {
			later := u
			later.Now = t
			return userMFAAt(later).Class == Enforced
		})
	}
	return r
}

func userMFAAt(u User) UserResult {
	var local localized
	own := len(u.Documents)
	s := caseSplit[UserResult]{
		kind: func(i int) policy.Kind {
			// The documents are the user's own, then the boundary, then the SCPs.
			if i > own {
				return policy.SCP
			}
			return policy.Identity
		},
		decide: func(docs []*policy.Document) UserResult {
			one := u
			one.Documents, one.SCPs = docs[:own], levelsOf(u.SCPs, docs[own+1:])
			if u.Boundary != nil {
				one.Boundary = docs[own]
			}
			return userMFA(one)
		},
		class:     func(r UserResult) int { return r.Class.alike() },
		needs:     func(r UserResult) []value.Reason { return r.Needs },
		undecided: func(needs []value.Reason, _ UserResult) UserResult { return UserResult{Needs: needs} },
		both:      UserResult.and,
		left:      maxDecisions,
		local:     &local,
	}
	// Where there is no boundary, nil keeps its place among them, by which kind and decide
	// tell them apart.
	docs := append(slices.Clone(u.Documents), u.Boundary)
	r := s.whole(append(docs, documentsOf(u.SCPs)...))
	r.Near = local.near(r.Near)
	if r.Granting != nil {
		r.Granting = local.statement(r.Granting)
	}
	return r
}

// and is what two results say together, which agree on the class.
func (r UserResult) and(o UserResult) UserResult {
	out := lesser(func(r UserResult) UserClass { return r.Class })(r, o)
	if !slices.Equal(r.Tolerated, o.Tolerated) {
		out.Tolerated = nil
	}
	out.LocksOut, out.Idle, out.SameWithMFA = r.LocksOut && o.LocksOut, r.Idle && o.Idle, r.SameWithMFA && o.SameWithMFA
	out.MayEnrol = r.MayEnrol && o.MayEnrol
	out.Unallowed, out.KeepsPassword = r.Unallowed && o.Unallowed, r.KeepsPassword && o.KeepsPassword
	return out
}

func userMFA(u User) UserResult {
	var first UserResult
	accounts, complete := u.meant()
	for i, account := range accounts {
		one := u
		var local localized
		one.read(&local, account)
		r := one.decide()
		r.Near = local.near(r.Near)
		if r.Granting != nil {
			r.Granting = local.statement(r.Granting)
		}
		if i == 0 {
			first = r
		} else if r.Class.alike() != first.Class.alike() {
			return UserResult{Needs: addReasons(addReasons(first.Needs, r.Needs...), accountUnknown)}
		}
	}
	if !complete && first.Class != UserUndetermined {
		return UserResult{Needs: []value.Reason{accountUnknown}}
	}
	return first
}

var accountUnknown = value.Reason{Text: "the user's account is not known, and its policies tell users apart by it"}

// meant are the accounts that documents may mean which name the one of the user
// where it is not known: one for every way in which they tell accounts apart. "" is
// the user's own, known or not, where they do not.
func (u User) meant() (accounts []string, complete bool) {
	if u.Account != "" || !slices.ContainsFunc(u.identityDocuments(), func(d *policy.Document) bool {
		return namesAccount(d, u.AccountName) || u.namedIn(d)
	}) {
		return []string{""}, true
	}
	named := accountsNamed(u.documents())
	c := u.casting()
	c.not = named
	found, complete := c.cast()
	for _, f := range found {
		if !slices.Contains(accounts, f.Account) {
			accounts = append(accounts, f.Account)
		}
	}
	accounts = append(accounts, named...)
	if len(accounts) > maxAccounts {
		return accounts[:maxAccounts], false
	}
	return accounts, complete
}

// identityDocuments are those that are written for the user: its own, those of its
// groups, and its boundary.
func (u User) identityDocuments() []*policy.Document {
	docs := slices.Clone(u.Documents)
	if u.Boundary != nil {
		docs = append(docs, u.Boundary)
	}
	return slices.DeleteFunc(docs, func(d *policy.Document) bool { return d == nil })
}

// casting asks for everybody who the user may be.
func (u User) casting() casting {
	c := casting{
		callerTests: testsOfCallers(u.documents()), partition: cmp.Or(u.Partition, "aws"), kind: policy.UserCaller,
		account: u.Account, name: u.Name, path: cmp.Or(u.Path, "/"), names: []string{"example"},
		nameLike: likenesses(u.NameLike),
	}
	if u.PathUnknown {
		c.path, c.pathLike = "", likenesses(u.PathLike)
	}
	return c
}

// read puts what is known of the user into its documents: the partition, its account
// where they name the same one, and its name.
func (u *User) read(local *localized, account string) {
	partition := cmp.Or(u.Partition, "aws")
	fill := func(d *policy.Document) *policy.Document {
		if d == nil || !dependsOn(d, u.AccountName) && !u.namedIn(d) {
			return d
		}
		variables := d.VariablesWork() == policy.True
		return local.filled(d, func(v *value.Value) (string, bool) {
			switch attr := u.own(v); {
			case variables && attr == ownName:
				return "${aws:username}", true
			case variables && attr == ownARN && !u.PathUnknown:
				return "arn:" + partition + ":iam::" + account + ":user" + cmp.Or(u.Path, "/") + "${aws:username}", true
			case isPartition(v):
				return partition, true
			case v.Same != "" && v.Same == u.AccountName:
				return account, true
			}
			return exampleID(v)
		})
	}
	if account == "" {
		account = u.Account
	}
	docs := u.Documents
	u.Documents, u.Account = nil, account
	for _, d := range docs {
		u.Documents = append(u.Documents, fill(d))
	}
	u.Boundary = fill(u.Boundary)
}

// What documents may take from the user's resource.
const (
	ownName = "name"
	ownARN  = "arn"
)

// own is which of it a value is; "" when it is none.
func (u *User) own(v *value.Value) string {
	if v.Ref == nil || u.Self.Address == "" || v.Ref.Root != u.Self.Root || v.Ref.Address != u.Self.Address || v.Ref.Data {
		return ""
	}
	return map[string]string{"name": ownName, "id": ownName, "user_name": ownName, "arn": ownARN}[v.Ref.Attr]
}

// namedIn says that a document refers to the user, and that it is not known what it
// gets.
func (u *User) namedIn(d *policy.Document) bool {
	found := false
	d.Value.Walk(func(v *value.Value) bool {
		for _, p := range v.Parts {
			found = found || p.Hole != nil && u.own(p.Hole) != ""
		}
		found = found || u.own(v) != "" && !v.Known()
		return !found
	})
	return found
}

// dependsOn says that a partition, an id or an account of that name stands in a
// document and is not known.
func dependsOn(d *policy.Document, account string) bool {
	return dependsOnPartition(d) || namesAccount(d, account)
}

func namesAccount(d *policy.Document, account string) bool {
	if account == "" {
		return false
	}
	found := false
	d.Value.Walk(func(v *value.Value) bool {
		found = found || v.Same == account
		for _, p := range v.Parts {
			found = found || p.Hole != nil && p.Hole.Same == account
		}
		return !found
	})
	return found
}

func (u User) decide() UserResult {
	var docs []*policy.Document
	for _, d := range u.Documents {
		if d != nil && refused(d, policy.Identity) != nil {
			continue // it allows and denies nothing
		}
		docs = append(docs, orUnknown(d))
	}
	u.Documents = docs
	c := u.casting()
	callers, complete := c.cast()
	var first UserResult
	for i, caller := range callers {
		q := userQuestion{user: u, caller: caller}
		r := q.decide()
		if i == 0 {
			first = r
		} else if r.Class.alike() != first.Class.alike() {
			return UserResult{Needs: addReasons(addReasons(first.Needs, r.Needs...), u.unlike(callers[0], caller))}
		}
	}
	if !complete && first.Class != UserUndetermined {
		return UserResult{Needs: []value.Reason{c.tooMany("users")}}
	}
	return first
}

// unlike is what of the user is not known that tells two who it may be apart.
func (u User) unlike(a, b *policy.Caller) value.Reason {
	switch {
	case a.Name != b.Name:
		return value.Reason{Text: "the user's name is not known, and its policies tell users apart"}
	case a.Path != b.Path:
		return value.Reason{Text: "the user's path is not known, and its policies tell users apart by it"}
	case a.Account != b.Account:
		return accountUnknown
	}
	return value.Reason{Text: "the user's unique id is not known, and its policies tell users apart by it"}
}

// documents are all policies that bind the user.
func (u User) documents() []*policy.Document {
	docs := append(u.identityDocuments(), documentsOf(u.SCPs)...)
	return slices.DeleteFunc(docs, func(d *policy.Document) bool { return d == nil })
}

// alike is equal for classes that mean the same.
func (c UserClass) alike() int {
	return map[UserClass]int{UserUndetermined: 0, Enforced: 1, ConsoleOnly: 2, KeysOnly: 3, UserPartial: 3, UserNone: 3}[c]
}

func orUnknown(d *policy.Document) *policy.Document {
	if d == nil {
		return &policy.Document{Open: true}
	}
	return d
}

type userQuestion struct {
	user   User
	caller *policy.Caller // who the user may be
}

func (q *userQuestion) formula() *formula {
	// Identity policies, the boundary and every level of SCPs have to allow a request, and
	// a Deny in any of them stops it.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
	f := &formula{now: q.user.Now}
	f.level(q.user.Documents, value.No)
	if q.user.Boundary != nil {
		f.level([]*policy.Document{q.user.Boundary}, value.No)
	}
	sound, _ := sortOut(q.user.SCPs, policy.SCP)
	for _, l := range sound {
		f.level(l.Documents, l.FullAccess)
	}
	return f
}

func (q *userQuestion) request(mfa mfaState) *policy.Request {
	r := userRequest(q.caller.Partition, q.caller.Account, q.caller.Name, mfa)
	r.Caller = q.caller
	for _, k := range sortedKeys(q.user.Tags) {
		r.Context["aws:principaltag/"+strings.ToLower(k)] = policy.One(q.user.Tags[k])
	}
	return r
}

func (q *userQuestion) domains() map[string][]policy.ContextValue {
	docs := q.user.documents()
	out := memberDomains(docs)
	out["aws:multifactorauthage"] = ages(docs)
	if q.user.TagsOpen {
		out["aws:principaltag/"] = []policy.ContextValue{{Presence: policy.Either}}
	}
	return out
}

func (q *userQuestion) ask(f *formula, mfa mfaState, exempt []string, all bool) answer {
	question := &question{formula: f, base: q.request(mfa), exempt: exempt, domains: q.domains(), anyAccount: true}
	return question.ask(all)
}

func (q *userQuestion) decide() UserResult {
	f := q.formula()
	exempt := exemptActions(nil, true)
	// As with root: a session without MFA carries false, an access key nothing, and a policy
	// may stop only one of them (ConsoleOnly, KeysOnly).
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
	console := q.ask(f, withoutMFA, exempt, false)
	key := q.ask(f, withAccessKey, exempt, false)
	result := UserResult{LocksOut: q.stops(f, withoutMFA, "iam:EnableMFADevice") == value.Yes}
	result.MayEnrol = q.stops(f, withoutMFA, "iam:EnableMFADevice") == value.No && q.stops(f, withoutMFA, createDevice) == value.No
	result.Unallowed = result.LocksOut && q.stops(f, withMFA, "iam:EnableMFADevice") == value.Yes
	result.KeepsPassword = q.stops(f, withoutMFA, "iam:ChangePassword") == value.Yes && q.stops(f, withMFA, "iam:ChangePassword") != value.Yes
	worst, mfa := console, withoutMFA
	switch {
	case console.stopped == value.Yes && key.stopped == value.Yes:
		result.Class = Enforced
		if open := q.ask(f, withoutMFA, exemptActions(nil, false), true); open.stopped == value.No {
			result.Tolerated = open.open
		}
		// Nothing is exempt here: a user who may only enrol a device is not idle.
		result.Idle = q.ask(f, withMFA, nil, false).stopped == value.Yes
		result.SameWithMFA = result.Idle || result.LocksOut && q.same(f)
		return result
	case console.stopped == value.Yes && key.stopped == value.No:
		result.Class, worst, mfa = ConsoleOnly, key, withAccessKey
	case console.stopped == value.No && key.stopped == value.Yes:
		result.Class = KeysOnly
	case console.stopped == value.No:
		result.Class = UserNone
		if q.somethingStopped(f) {
			result.Class = UserPartial
		}
	default:
		result.Needs = addReasons(slices.Clone(console.needs), key.needs...)
		return result
	}
	q.explain(f, worst.request, mfa, &result)
	return result
}

// createDevice makes a virtual device, which policies let users have under their own
// name, or under any.
const createDevice = "iam:CreateVirtualMFADevice"

// same says that of all that the user may do with MFA nothing is stopped for certain
// without.
func (q *userQuestion) same(f *formula) bool {
	with := q.ask(f, withMFA, nil, true)
	return with.stopped != value.Maybe && !slices.ContainsFunc(with.open, func(action string) bool {
		without := &question{formula: f, base: q.request(withoutMFA), domains: q.domains(), anyAccount: true, actions: []string{action}}
		return without.ask(false).stopped != value.No
	})
}

func (q *userQuestion) stops(f *formula, mfa mfaState, action string) value.Tri {
	r := q.request(mfa)
	r.Action, r.Unlisted = action, policy.Absent
	of := "arn:" + partitionIn(r.Caller.ARN()) + ":iam::" + r.Caller.Account
	r.Resource = of + ":user" + cmp.Or(r.Caller.Path, "/") + r.Caller.Name
	if action == createDevice {
		r.Resource = of + ":mfa/" + r.Caller.Name
	}
	if service := serviceOf(action); service != "iam" {
		r.Resource = (&question{base: r}).typicalResource(action)
	}
	if mfa == withMFA {
		r.Context["aws:multifactorauthage"] = policy.One("1")
	}
	return f.stops(r)
}

// somethingStopped says that a sensitive action depends on MFA, or one of a service
// that no policy names.
func (q *userQuestion) somethingStopped(f *formula) bool {
	for _, asked := range f.onSensitive(q.request(withoutMFA)) {
		at := func(mfa mfaState) value.Tri {
			r := q.request(mfa)
			r.Action, r.Resource, r.Unlisted = asked.Action, asked.Resource, policy.Absent
			if mfa == withMFA {
				r.Context["aws:multifactorauthage"] = policy.One("1")
			}
			return f.stops(r)
		}
		with := at(withMFA)
		for _, mfa := range []mfaState{withoutMFA, withAccessKey} {
			if t := at(mfa); t != value.No && t != with {
				return true
			}
		}
	}
	return false
}

// The defects of Allows that are meant to require MFA.
const (
	// DefectAllowIfExists: an Allow with BoolIfExists lets access keys through.
	DefectAllowIfExists = "allow-if-exists"
	// DefectAllow: an Allow without a test of MFA.
	DefectAllow = "allow-without-mfa"
)

func (q *userQuestion) explain(f *formula, r *policy.Request, mfa mfaState, result *UserResult) {
	w := newWitness(r, append(keysOf(f), "aws:multifactorauthpresent"))
	how := "in a console session without MFA (aws:MultiFactorAuthPresent false)"
	if mfa == withAccessKey {
		how = "with an access key (aws:MultiFactorAuthPresent absent)"
	}
	who := "user " + q.caller.Name
	if q.user.Name == "" {
		who = "the user"
	}
	w.Words = fmt.Sprintf("%s calling %s %s%s", who, actionWords(r.Action), how, furtherKeys(r))
	result.Witness = w
	for _, s := range f.levels[0].allows {
		if s.Effect == policy.Allow && s.Matches(w.Request) == value.Yes {
			result.Granting = s
			break
		}
	}
	for _, s := range f.denies {
		if s.Effect != policy.Deny || !slices.ContainsFunc(s.Conditions, func(c policy.Condition) bool { return testsMFA(&c) }) {
			continue
		}
		if near, _ := diagnose(s, r); near != nil && result.Near == nil {
			result.Near = near
		}
	}
	if result.Near == nil && result.Granting != nil {
		result.Near = allowDefect(result.Granting)
	}
	if result.Near != nil {
		w.Because = result.Near.Words
	}
}

func allowDefect(s *policy.Statement) *NearMiss {
	for i := range s.Conditions {
		if c := &s.Conditions[i]; testsMFA(c) {
			return &NearMiss{s, c, DefectAllowIfExists, fmt.Sprintf("%s allows it: %s of %s holds without MFA", StatementName(s), c.Operator, c.Key)}
		}
	}
	return &NearMiss{s, nil, DefectAllow, StatementName(s) + " allows it, with MFA or without"}
}
