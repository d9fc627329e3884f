package certificate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A Question is what a rule decided about documents: of which kind, and with what.
// One of Root, Trust, Federation and User is given.
type Question struct {
	Kind       Kind
	Root       *Root
	Trust      *Trust
	Federation *Federation
	User       *User
	// Partitions are those that are asked about, where more than one may be meant.
	Partitions []string
}

// Kind is what a question asks.
type Kind string

// The kinds.
const (
	OfRootMFA      Kind = "root-mfa"
	OfNetworks     Kind = "root-networks"
	OfSessionNames Kind = "session-names"
	OfStrangers    Kind = "strangers"
	OfTokens       Kind = "tokens"
	OfUserMFA      Kind = "user-mfa"
)

// claims are what has to hold for the answer to be that it is compliant: one for
// each partition and identity provider.
func (q Question) claims() []*Claim {
	partitions := q.Partitions
	if len(partitions) == 0 {
		partitions = partitionsNamed(q.documents())
	}
	var out []*Claim
	for _, p := range partitions {
		switch q.Kind {
		case OfRootMFA, OfNetworks:
			r := *q.Root
			r.Partition = p
			if q.Kind == OfRootMFA {
				out = append(out, RootMFA(r))
			} else {
				out = append(out, Networks(r))
			}
		case OfSessionNames, OfStrangers:
			t := *q.Trust
			t.Partition = p
			if q.Kind == OfSessionNames {
				out = append(out, SessionName(t))
			} else {
				out = append(out, Strangers(t))
			}
		case OfTokens:
			f := *q.Federation
			f.Partition = p
			for _, provider := range Providers(f.Document) {
				out = append(out, Tokens(f, provider))
			}
		case OfUserMFA:
			u := *q.User
			u.Partition = p
			out = append(out, UserMFA(u))
		}
	}
	return out
}

// untold is why the claims together are not all that was asked; "" when they are.
func (q Question) untold() string {
	if q.Kind == OfTokens && hiddenProvider(q.Federation.Document) {
		return "the address of an identity provider is not known: which claims its tokens have, nobody can say"
	}
	return ""
}

// documents are those that the question is about.
func (q Question) documents() []*policy.Document {
	switch {
	case q.Root != nil:
		return documents(q.Root.Levels)
	case q.Trust != nil:
		return q.Trust.documents()
	case q.Federation != nil:
		return append([]*policy.Document{q.Federation.Document}, q.Federation.Controls...)
	}
	return documents(q.User.Levels)
}

// key is equal for questions that are the same, of the same documents.
func (q Question) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q", q.Kind, q.Partitions)
	switch {
	case q.Root != nil:
		fmt.Fprintf(&b, " %q %q %v", q.Root.Account, q.Root.Exempt, q.Root.Now)
		writeLevels(&b, q.Root.Levels)
	case q.Trust != nil:
		fmt.Fprintf(&b, " %q %q %v", q.Trust.Account, q.Trust.TrustedTags, q.Trust.Now)
	case q.Federation != nil:
		fmt.Fprintf(&b, " %q", q.Federation.Audiences)
	default:
		u := q.User
		fmt.Fprintf(&b, " %q %q %q %q %q %t %t %v", u.Name, u.Path, u.Account, u.AccountName, u.Tags, u.TagsOpen, u.NoKeys, u.Now)
		fmt.Fprintf(&b, " %s %s %q %q", value.Key(u.NameLike), value.Key(u.PathLike), u.Self.Root, u.Self.Address)
		writeLevels(&b, u.Levels)
	}
	for _, d := range q.documents() {
		fmt.Fprintf(&b, " %p", d)
	}
	return b.String()
}

func writeLevels(b *strings.Builder, levels []Level) {
	for _, l := range levels {
		fmt.Fprintf(b, " %d/%v", len(l.Documents), l.Everything)
	}
}

// partitionsNamed are the partitions that documents name, or the usual one.
func partitionsNamed(docs []*policy.Document) []string {
	var out []string
	for _, p := range aws.PartitionNames() {
		found := false
		eachText(docs, func(text string) { found = found || strings.Contains(text, "arn:"+p+":") })
		if found {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		out = []string{"aws"}
	}
	return out
}

// unknown is what in the documents is not known, and whether something in them must
// not be shown.
func (q Question) unknown() (unknown []value.Reason, sensitive bool) {
	for _, d := range q.documents() {
		if d == nil || d.Value == nil {
			unknown = append(unknown, value.Reason{Text: "a policy document is not known"})
			continue
		}
		if d.Open || !d.VersionKnown || !d.Value.Known() {
			unknown = append(unknown, d.Value.AllWhy()...)
			unknown = append(unknown, value.Reason{})
		}
		d.Value.Walk(func(v *value.Value) bool {
			sensitive = sensitive || v.Sensitive
			return !sensitive
		})
	}
	return unknown, sensitive
}

// asked is the question in lines: what is claimed, of whom, and the documents.
func (q Question) asked(c *Claim) []string {
	out := []string{"Claim: " + c.Words + ".", "Partition: " + c.partition}
	switch {
	case q.Root != nil:
		out = append(out, "Account: "+orAny(q.Root.Account))
		for _, a := range q.Root.Exempt {
			out = append(out, "Exempt: "+a)
		}
		for i, l := range q.Root.Levels {
			if l.Everything == policy.True {
				out = append(out, "Level "+itoa(i+1)+": FullAWSAccess is attached.")
			}
		}
	case q.Trust != nil:
		out = append(out, "Account of the role: "+orAny(q.Trust.Account))
	case q.User != nil:
		out = append(out, "User: "+orLike(q.User.Name, q.User.NameLike), "Path: "+orLike(q.User.Path, q.User.PathLike), "Account: "+orAny(q.User.Account))
		for _, name := range sortedNames(q.User.Tags) {
			out = append(out, "Tag "+name+": "+q.User.Tags[name])
		}
		if q.User.NoKeys {
			out = append(out, "It has no access keys.")
		}
	}
	for i, d := range c.seen {
		text, ok := "not known", false
		if d.Value != nil {
			if text, ok = value.EncodeJSON(d.Value, "  "); !ok {
				text = value.Canonical(d.Value)
			}
		}
		out = append(out, "Document "+itoa(i+1)+":", text)
	}
	return out
}

func orAny(s string) string {
	if s == "" {
		return "any"
	}
	return s
}

// orLike is a text or, where it is not known, what is known of it.
func orLike(s string, like *value.Value) string {
	if s == "" && like != nil {
		return like.Printable()
	}
	return orAny(s)
}

func sortedNames(m map[string]string) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
