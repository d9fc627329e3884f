package checks

import (
	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// keySpan is the status of a key where that is written, else its header.
func keySpan(k *identity.AccessKey) source.Span { return k.Resource.AttributeSpan("status") }

func ownerOf(k *identity.AccessKey) []analyzer.Related {
	if k.Owner == nil {
		return nil
	}
	u := k.Owner.Resource
	return []analyzer.Related{{Message: "the user is declared here", Span: u.Header, Address: u.Address}}
}

// userWords is the user of a key in a message.
func userWords(k *identity.AccessKey) string {
	if k.Owner != nil {
		return "'" + k.Owner.Resource.Address + "'"
	}
	if name, ok := k.User.Text(); ok && !k.User.Sensitive {
		return "the user '" + name + "'"
	}
	return "one user"
}

// isMachine says that the settings call a user a program, and that it has no
// password: a key is what it is for.
func isMachine(p *analyzer.Pass, u *identity.User) bool {
	return p.Model.LoginOf(u) == nil && p.Settings.Machine(u.Name.TextOr(""), u.KnownTags())
}

// toGo says that another rule wants the key gone: there is no use in advice on
// how to rotate it.
func toGo(p *analyzer.Pass, k *identity.AccessKey) bool {
	if k.Owner == nil {
		return identity.NamesRoot(k.User) == value.Yes
	}
	together, _ := identity.CreatedTogether(k.Resource, k.Owner.Resource)
	return identity.NamesRoot(k.Owner.Name) == value.Yes || together == value.Yes && !isMachine(p, k.Owner)
}
