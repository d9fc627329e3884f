package identity

import (
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// User is an IAM user that the scan declares.
type User struct {
	Resource *terraform.Resource
	Name     *value.Value

	groups   []membership
	policies []*AttachedPolicy
}

// Group is an IAM group that the scan declares.
type Group struct {
	Resource *terraform.Resource
	Name     *value.Value

	policies []*AttachedPolicy
}

// AccessKey is an access key that the scan declares.
type AccessKey struct {
	Resource *terraform.Resource
	User     *value.Value // as written
	Owner    *User        // the declared user it is for; nil when that is not in this root
}

// Active says whether the key can be used: "Active" is the default.
func (k *AccessKey) Active() value.Tri {
	status := k.Resource.Attr("status")
	if status.Missing() {
		return value.Yes
	}
	s, ok := status.Text()
	if !ok {
		return value.Maybe
	}
	return value.TriOf(s != "Inactive")
}

// Login is a console password that the scan declares.
type Login struct {
	Resource *terraform.Resource
	User     *value.Value // as written
	Owner    *User        // the declared user it is for; nil when that is not in this root
}

func (m *Model) addUsers(r *terraform.Root) {
	users := &index[*User]{root: r}
	logins, keys := len(m.Logins), len(m.Keys)
	for _, res := range m.resources(r, "aws_iam_user", "awscc_iam_user") {
		name := res.Attr("name")
		if res.Type == "awscc_iam_user" {
			name = res.Attr("user_name")
		}
		u := &User{Resource: res, Name: name}
		m.Users = append(m.Users, u)
		users.add(u, res, name)
		if res.Type == "awscc_iam_user" && res.Attr("login_profile").Set() {
			m.Logins = append(m.Logins, &Login{Resource: res, User: name, Owner: u})
		}
	}
	for _, res := range m.resources(r, "aws_iam_access_key") {
		v := res.Attr("user")
		m.Keys = append(m.Keys, &AccessKey{Resource: res, User: v, Owner: users.find(v)})
	}
	for _, res := range r.Forgotten("aws_iam_access_key") {
		v := res.Attr("user")
		m.Forgotten = append(m.Forgotten, &AccessKey{Resource: res, User: v, Owner: users.find(v)})
	}
	for _, res := range m.resources(r, "aws_iam_user_login_profile") {
		v := res.Attr("user")
		m.Logins = append(m.Logins, &Login{Resource: res, User: v, Owner: users.find(v)})
	}
	m.addCredentials(r, users)
	m.userIndexes.join(users)
	for _, l := range m.Logins[logins:] {
		if l.Owner != nil && m.loginOf[l.Owner] == nil {
			m.loginOf[l.Owner] = l
		}
	}
	for _, k := range m.Keys[keys:] {
		m.keysOf[k.Owner] = append(m.keysOf[k.Owner], k)
	}
}

// LoginOf is the console password of a user, nil when none is declared.
func (m *Model) LoginOf(u *User) *Login {
	return m.loginOf[u]
}

// UserOf is the user that a login is for: the one that its own root declares,
// else the only one of that name in the scan, else one that stands for the name
// and has what the scan attaches to it. Nil when the name is not known.
func (m *Model) UserOf(l *Login) *User {
	if l.Owner != nil {
		return l.Owner
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bind()
	return m.outsiders[l]
}

// Declared says that the scan has the user itself and not only its password.
func (u *User) Declared() bool {
	return u.Resource.Type == "aws_iam_user" || u.Resource.Type == "awscc_iam_user"
}

// Tags are the user's, as far as they are known, and whether there may be more.
func (u *User) Tags() (tags map[string]string, open bool) {
	list := u.Resource.Attr("tags_all")
	if !list.IsMapping() {
		list = u.Resource.Attr("tags")
	}
	tags = map[string]string{}
	for _, a := range list.Attrs {
		key, named := a.Key()
		text, known := a.Value.Text()
		if !named || !known {
			open = true
			continue
		}
		tags[key] = text
	}
	return tags, open || !u.Declared() || list.Open || list.Is(value.Unknown)
}

// KnownTags are the user's, as far as they are known.
func (u *User) KnownTags() map[string]string {
	tags, _ := u.Tags()
	return tags
}

// ResetRequired says that whoever has the password has to change it at the first
// sign-in, or may have to. Nobody has a device then.
func (l *Login) ResetRequired() bool {
	v := l.Resource.Attr("password_reset_required")
	if l.Resource.Type == "awscc_iam_user" {
		v = l.Resource.Attr("login_profile", "password_reset_required")
	}
	return v.Is(value.Unknown) || v.Is(value.Bool) && v.Bool
}

// HasKeys says whether a user has an access key that works, as far as its root, or
// the report of a deployed account, says.
func (m *Model) HasKeys(u *User) value.Tri {
	if m.Whole {
		return m.hasKeys[u]
	}
	has := value.No
	for _, k := range m.keysOf[u] {
		has = has.Or(k.Resource.Exists.And(k.Active()))
	}
	for _, c := range m.credentialsOf[u] {
		if c.LongTermKey() {
			has = has.Or(c.Resource.Exists)
		}
	}
	for _, k := range m.keysOf[nil] {
		if k.Resource.Root == u.Resource.Root {
			has = has.Or(value.Maybe.And(mayName(k.User, u.Name)))
		}
	}
	return has
}

// An index finds what a root declares by reference and by name. IAM names are
// unique whatever their case.
type index[T comparable] struct {
	root      *terraform.Root
	all       []T
	names     []*value.Value
	byAddress map[string]T
	byName    map[string]T
	in        *indexes[T] // nil until it is one of several
}

func (x *index[T]) add(t T, res *terraform.Resource, name *value.Value) {
	if x.byName == nil {
		x.byAddress, x.byName = map[string]T{}, map[string]T{}
	}
	x.all, x.names = append(x.all, t), append(x.names, name)
	x.byAddress[res.Address] = t
	if text, ok := name.Text(); ok && text != "" {
		if _, taken := x.byName[strings.ToLower(text)]; !taken {
			x.call(t, strings.ToLower(text))
		}
	}
}

// alias makes a text another name of what is in the index, or will be.
func (x *index[T]) alias(t T, text string) {
	if x.byName == nil {
		x.byAddress, x.byName = map[string]T{}, map[string]T{}
	}
	x.call(t, strings.ToLower(text))
}

func (x *index[T]) call(t T, name string) {
	x.byName[name] = t
	if x.in != nil {
		x.in.called(x, name)
	}
}

// indexes are those of all roots.
type indexes[T comparable] struct {
	// beyond are those of the roots that a model leaves out: what they declare is not
	// found, but that it would be.
	beyond  *indexes[T]
	crossed bool                 // something was found in another root than that of who names it, or would be
	of      map[string]*index[T] // by Root.ID
	names   map[string]*index[T] // the only one that has a name; nil where several do
}

// join takes in the index of a root.
func (xs *indexes[T]) join(x *index[T]) {
	if xs.of == nil {
		xs.of, xs.names = map[string]*index[T]{}, map[string]*index[T]{}
	}
	x.in, xs.of[x.root.ID()] = xs, x
	for name := range x.byName {
		xs.called(x, name)
	}
}

func (xs *indexes[T]) called(x *index[T], name string) {
	if other, taken := xs.names[name]; taken && other != x {
		x = nil
	}
	xs.names[name] = x
}

// elsewhere is what a name stands for in whichever root, where only one of them
// declares it: two roots may be two accounts.
func (xs *indexes[T]) elsewhere(v *value.Value) (t T) {
	text, ok := v.Text()
	if !ok || text == "" {
		return t
	}
	name := strings.ToLower(text)
	if xs.beyond != nil {
		x, known := xs.beyond.names[name]
		xs.crossed = xs.crossed || known && (x == nil || xs.of[x.root.ID()] == nil)
	}
	if x := xs.names[name]; x != nil {
		xs.crossed = true
		return x.byName[name]
	}
	return t
}

// find is what a value names, the zero T when that is not declared here or not
// known.
func (x *index[T]) find(v *value.Value) (t T) {
	if v != nil && v.Ref != nil && !v.Ref.Data && v.Ref.Root == x.root.ID() {
		if t, ok := x.byAddress[v.Ref.Address]; ok {
			return t
		}
	}
	if name, ok := v.Text(); ok && name != "" {
		return x.byName[strings.ToLower(name)]
	}
	return t
}

// possible is what a value may name, when it is not known what it names.
func (x *index[T]) possible(v *value.Value) []T {
	if v.Known() {
		return nil
	}
	var out []T
	for i, t := range x.all {
		if mayName(v, x.names[i]) != value.No {
			out = append(out, t)
		}
	}
	return out
}

// mayName says whether a value is a name, as far as the texts tell.
func mayName(v, name *value.Value) value.Tri {
	if len(v.Candidates) > 0 {
		all, any := value.Yes, value.No
		for _, c := range v.Candidates {
			is := mayName(c, name)
			all, any = all.And(is), any.Or(is)
		}
		if all == value.Yes || any == value.No {
			return all
		}
		return value.Maybe
	}
	a, aKnown := v.Text()
	b, bKnown := name.Text()
	switch {
	case aKnown && bKnown:
		return value.TriOf(strings.EqualFold(a, b))
	case aKnown:
		v, b = name, a
	case !bKnown:
		return value.Maybe
	}
	parts, ok := v.AsParts()
	if !ok || !fits(parts, b) {
		return value.No
	}
	return value.Maybe
}

// fits says that text is one of the strings that the parts may be.
func fits(parts []value.Part, text string) bool {
	text = strings.ToLower(text)
	anywhere := false
	for i, p := range parts {
		if p.Hole != nil {
			anywhere = true
			continue
		}
		literal := strings.ToLower(p.Text.String)
		switch {
		case i == len(parts)-1 && anywhere:
			return strings.HasSuffix(text, literal)
		case anywhere:
			at := strings.Index(text, literal)
			if at < 0 {
				return false
			}
			text = text[at+len(literal):]
		case !strings.HasPrefix(text, literal):
			return false
		default:
			text = text[len(literal):]
		}
		anywhere = false
	}
	return anywhere || text == ""
}

// A membership puts a user into a group.
type membership struct {
	group *Group // nil when the scan does not declare it
	name  *value.Value
	by    *terraform.Resource
	// sure is Maybe where the membership, or who is meant, is not known.
	sure value.Tri
	why  []value.Reason
}

// Groups are the groups that a user is a member of for certain, in the order
// of the memberships.
func (u *User) Groups() []*Group {
	var out []*Group
	for _, m := range u.groups {
		if m.group != nil && m.sure == value.Yes {
			out = append(out, m.group)
		}
	}
	return out
}

// Members are the users that are, or may be, in a group.
func (m *Model) Members(g *Group) []*User {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bind()
	var out []*User
	for _, u := range m.Users {
		for _, in := range u.groups {
			if in.group == g {
				out = append(out, u)
				break
			}
		}
	}
	return out
}

// AttachedPolicy is a policy that binds a user, and how it comes to do so.
type AttachedPolicy struct {
	// Resource holds the policy or attaches it.
	Resource *terraform.Resource
	// Group is whose policy it is; nil for the user's own.
	Group *Group
	// Name is what people call it: AdministratorAccess, or an address.
	Name string
	// Document is open where the policy is not in the scan, and its statements
	// are where it is not certain that it binds the user.
	Document *policy.Document
	// Unseen says that nothing is known of the policy but that there is one.
	Unseen bool

	certain *policy.Document // where Document is uncertain, what that is of
}
