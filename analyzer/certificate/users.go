package certificate

import (
	"slices"
	"strings"
	"time"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// A User is whose policies are asked about.
type User struct {
	Name, Path, Account string // "" when not known
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
