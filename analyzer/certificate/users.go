package certificate

import (
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A User is whose policies are asked about.
type User struct {
	Name, Path, Account string // "" when not known
	// NameLike and PathLike are what is known of a name and a path that are not: how
	// they begin or end, or that they are one of a few. Nil where nothing is.
	NameLike, PathLike *value.Value
	// Self is the resource that makes the user, by which documents refer to it.
	Self value.Ref
	// AccountName is what an account that is not known is called in the documents.
	AccountName string
	Partition   string
	Tags        map[string]string
	TagsOpen    bool
	// NoKeys says that it has no access keys: nothing is asked about them.
	NoKeys bool
	Now    time.Time // when requests begin to be made
	// Levels are its own policies with those of its groups, its boundary, and the
	// policies of its organization: each has to allow a request.
	Levels []Level
}

// UserMFA claims that a user can do nothing without MFA but enrol a device.
func UserMFA(u User) *Claim {
	e := newEncoder(u.Partition, documents(u.Levels))
	levels := taken(u.Levels, policy.Identity)
	e.now = u.Now
	e.called(policy.UserCaller)
	e.self = u.Self
	e.like(e.caller.name[0].of, u.NameLike)
	e.like(e.caller.path[0].of, u.PathLike)
	if u.Name != "" {
		e.caller.name = fixed(u.Name)
	}
	if u.Path != "" {
		e.caller.path = fixed(u.Path)
	}
	switch {
	case u.Account != "":
		e.caller.account = fixed(u.Account)
	case u.AccountName != "":
		e.caller.account = varying(e.unnamed(u.AccountName))
	}
	e.identify(policy.UserCaller)
	e.direct(false)
	e.withoutMFA()
	e.memberOf(documents(levels), u.TagsOpen)
	if u.TagsOpen {
		e.set("aws:principaltag/", key{unclear: true})
	}
	for name, v := range u.Tags {
		e.set("aws:principaltag/"+strings.ToLower(name), e.one(piece{text: v}))
	}
	e.acts()
	request := e.and(e.not(e.isAction(slices.Clone(enrolling)...)), e.hasResource(), e.rightIDs())
	if u.NoKeys {
		request = e.and(request, e.not(e.flag("with an access key")))
	}
	c := &Claim{Words: "no request of the user without MFA is allowed", encoder: e}
	c.refute("a request of the user without MFA", e.triAnd(e.exactly(request), e.passes(levels, e.action)))
	return c
}

// like confines a variable to what is known of it.
func (e *encoder) like(v *variable, known *value.Value) {
	if r := e.likeness(known); r != nil {
		v.base = e.pool.inter(v.base, r)
	}
}

// likeness is the texts that a value may be which is not wholly known; nil where
// that is any.
func (e *encoder) likeness(v *value.Value) *regex {
	switch {
	case v == nil:
		return nil
	case v.Is(value.Unknown):
		var out []*regex
		for _, one := range v.Candidates {
			r := e.likeness(one)
			if r == nil {
				return nil
			}
			out = append(out, r)
		}
		if len(out) == 0 {
			return nil
		}
		return e.pool.union(out...)
	case !v.Is(value.String):
		return nil
	}
	var out []*regex
	for _, p := range v.Parts {
		if p.Hole != nil {
			out = append(out, e.pool.star(e.pool.anyBut(0)))
		} else {
			out = append(out, e.pool.text(p.Text.String))
		}
	}
	return e.pool.concat(out...)
}

// ofSelf is what a document takes from the user's resource, of which the code does
// not tell what it is: its name, or its ARN.
func (e *encoder) ofSelf(v *value.Value) []element {
	if v == nil || v.Ref == nil || v.Known() || e.self.Address == "" || v.Ref.Data || v.Ref.Root != e.self.Root || v.Ref.Address != e.self.Address {
		return nil
	}
	var pieces []piece
	switch v.Ref.Attr {
	case "name", "id", "user_name":
		pieces = e.caller.name
	case "arn":
		pieces = e.arn(policy.UserCaller)
	}
	var out []element
	for _, p := range pieces {
		if p.of != nil {
			out = append(out, element{kind: requestVariable, of: p.of})
		} else {
			out = append(out, letters(p.text)...)
		}
	}
	return out
}
