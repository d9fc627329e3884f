package identity

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Forgotten says that the plan leaves the key as it is, and out of the state.
func (k *AccessKey) Forgotten() bool {
	return slices.Equal(k.Resource.Actions, []string{"forget"})
}

// ActiveKeys are those that can be used, and those of which that is not known.
func ActiveKeys(keys []*AccessKey) (active, maybe []*AccessKey) {
	for _, k := range keys {
		switch k.Active().And(k.Resource.Exists) {
		case value.Yes:
			active = append(active, k)
		case value.Maybe:
			maybe = append(maybe, k)
		}
	}
	return active, maybe
}

// KeysByUser groups the keys of one root by the user they are for, each group
// in the order in which the keys are made or written. Keys whose user is not
// known are together only when they name it by the same expression.
func (m *Model) KeysByUser() [][]*AccessKey {
	type user struct {
		root *terraform.Root
		who  any
	}
	at := map[user]int{}
	var out [][]*AccessKey
	for _, k := range slices.Concat(m.Forgotten, m.Keys) {
		if k.Resource.Deleted() && !k.Forgotten() {
			continue
		}
		id := user{k.Resource.Root, k.Owner}
		if k.Owner == nil {
			name, ok := k.User.Text()
			if ok {
				name = strings.ToLower(strings.TrimSpace(name))
			} else {
				name = userExpression(k)
			}
			if name == "" {
				continue
			}
			id.who = name
		}
		i, ok := at[id]
		if !ok {
			i = len(out)
			at[id] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], k)
	}
	for _, keys := range out {
		sort.SliceStable(keys, func(i, j int) bool { return laterKey(keys[j], keys[i]) })
	}
	return out
}

// differs says that an expression has another value in each instance, or in
// each evaluation.
var differs = regexp.MustCompile(`\b(each|count|self)\.|\b(uuid|bcrypt|timestamp)\(`)

// userExpression tells a key's user by what is written, where its value is not
// known: an expression has one value in one module instance.
func userExpression(k *AccessKey) string {
	if k.Resource.Block == nil {
		return ""
	}
	for _, a := range k.Resource.Block.Attrs {
		if name, _ := a.Key(); name == "user" {
			text := strings.Join(strings.Fields(a.Expr.Text()), " ")
			if text == "" || differs.MatchString(text) {
				return ""
			}
			return k.Resource.Module + " " + text
		}
	}
	return ""
}

// laterKey says that a was made after b, or stands below it.
func laterKey(a, b *AccessKey) bool {
	x, y := a.Resource.Attr("create_date").TextOr(""), b.Resource.Attr("create_date").TextOr("")
	if x != "" && y != "" && x != y {
		return x > y
	}
	s, t := a.Resource.Header, b.Resource.Header
	return !s.IsZero() && !t.IsZero() && s.File == t.File && s.Start > t.Start
}

// CreatedTogether says whether one apply makes both the user and the key.
func CreatedTogether(k, u *terraform.Resource) (value.Tri, []value.Reason) {
	imported := k.Imported.Or(u.Imported)
	if imported == value.Yes {
		return value.No, nil
	}
	switch k.Root.Source {
	case terraform.Plan:
		if k.Actions != nil && u.Actions != nil {
			return value.TriOf(k.Creates() && u.Creates()), nil
		}
	case terraform.State:
		return value.Maybe, []value.Reason{{Text: "a state does not say when '" + u.Address + "' was created: the account's credential report does", Span: u.Header}}
	}
	why := slices.Concat(k.Why, u.Why, k.ImportWhy, u.ImportWhy)
	return k.Exists.And(u.Exists).And(imported.Not()), why
}
