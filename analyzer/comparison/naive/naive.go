// Package naive is a second, simple-minded reading of policies, by which the comparisons
// are checked: a request is allowed or it is not, and requests are drawn at random from the
// words of the policies. It shares nothing with what it checks.
package naive

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Policy is a document.
type Policy struct{ Statement []Statement }

// Statement is one of its statements; each list is nil where the element is not written.
type Statement struct {
	Deny                       bool
	Action, NotAction          []string
	Resource, NotResource      []string
	Principal                  map[string][]string
	NotPrincipal               bool
	Conditions                 []condition
	hasPrincipal, hasResources bool
}

type condition struct {
	operator, key string
	values        []string
}

// Parse reads a document.
func Parse(text string) (*Policy, error) {
	var doc struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(text), &doc); err != nil {
		return nil, err
	}
	var list []map[string]json.RawMessage
	if err := json.Unmarshal(doc.Statement, &list); err != nil {
		list = make([]map[string]json.RawMessage, 1)
		if err := json.Unmarshal(doc.Statement, &list[0]); err != nil {
			return nil, err
		}
	}
	out := &Policy{}
	for _, m := range list {
		s := Statement{}
		var effect string
		if err := json.Unmarshal(m["Effect"], &effect); err != nil || effect != "Allow" && effect != "Deny" {
			return nil, fmt.Errorf("effect %s", m["Effect"])
		}
		s.Deny = effect == "Deny"
		s.Action, s.NotAction = texts(m["Action"]), texts(m["NotAction"])
		s.Resource, s.NotResource = texts(m["Resource"]), texts(m["NotResource"])
		s.hasResources = m["Resource"] != nil || m["NotResource"] != nil
		for _, name := range []string{"Principal", "NotPrincipal"} {
			raw := m[name]
			if raw == nil {
				continue
			}
			s.hasPrincipal, s.NotPrincipal, s.Principal = true, name == "NotPrincipal", map[string][]string{}
			var star string
			if json.Unmarshal(raw, &star) == nil {
				s.Principal["*"] = []string{star}
				continue
			}
			var of map[string]json.RawMessage
			if err := json.Unmarshal(raw, &of); err != nil {
				return nil, err
			}
			for kind, v := range of {
				s.Principal[kind] = texts(v)
			}
		}
		var conditions map[string]map[string]json.RawMessage
		if raw := m["Condition"]; raw != nil {
			if err := json.Unmarshal(raw, &conditions); err != nil {
				return nil, err
			}
		}
		for operator, keys := range conditions {
			for key, v := range keys {
				s.Conditions = append(s.Conditions, condition{operator, strings.ToLower(key), texts(v)})
			}
		}
		out.Statement = append(out.Statement, s)
	}
	return out, nil
}

// texts are a string, number or bool, or a list of such.
func texts(raw json.RawMessage) []string {
	if raw == nil {
		return nil
	}
	var list []any
	if json.Unmarshal(raw, &list) != nil {
		var one any
		if json.Unmarshal(raw, &one) != nil {
			return nil
		}
		list = []any{one}
	}
	out := []string{}
	for _, v := range list {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// Kind is who makes a request.
type Kind string

// The kinds of callers.
const (
	User      Kind = "user"
	Role      Kind = "role"
	Root      Kind = "root"
	Federated Kind = "federated"
	Service   Kind = "service"
)

// Request is a request. Context has its keys in lower case.
type Request struct {
	Kind                         Kind
	Account, Path, Name, Session string
	Action, Resource             string
	Context                      map[string][]string
}

// ARN is the caller's.
func (r *Request) ARN() string {
	switch r.Kind {
	case Root:
		return "arn:aws:iam::" + r.Account + ":root"
	case User, Role:
		return "arn:aws:iam::" + r.Account + ":" + string(r.Kind) + r.Path + r.Name
	}
	return ""
}

func (r *Request) lookup(key string) []string {
	if v, ok := r.Context[key]; ok {
		return v
	}
	person := r.Kind == User || r.Kind == Role || r.Kind == Root
	switch {
	case key == "aws:principalarn" && person:
		return []string{r.ARN()}
	case key == "aws:principalaccount" && person:
		return []string{r.Account}
	case key == "aws:username" && r.Kind == User:
		return []string{r.Name}
	case key == "aws:principaltype" && person:
		return []string{map[Kind]string{User: "User", Role: "AssumedRole", Root: "Account"}[r.Kind]}
	}
	return nil
}

// Allows says whether policies of one level allow a request; ok is false where that is
// beyond it.
func Allows(policies []*Policy, r *Request) (granted, denied, ok bool) {
	ok = true
	for _, p := range policies {
		for i := range p.Statement {
			s := &p.Statement[i]
			m, known := s.matches(r)
			if !known {
				ok = false
			}
			if m && s.Deny {
				denied = true
			} else if m {
				granted = true
			}
		}
	}
	return granted, denied, ok
}

func (s *Statement) matches(r *Request) (matches, known bool) {
	action := anyLike(s.Action, r.Action, true, nil)
	if s.Action == nil {
		action = !anyLike(s.NotAction, r.Action, true, nil)
	}
	if !action {
		return false, true
	}
	if s.hasResources {
		resource := anyLike(s.Resource, r.Resource, false, r)
		if s.Resource == nil {
			resource = !anyLike(s.NotResource, r.Resource, false, r)
		}
		if !resource {
			return false, true
		}
	}
	if s.hasPrincipal {
		if s.NotPrincipal {
			return false, false
		}
		if !s.admits(r) {
			return false, true
		}
	}
	for _, c := range s.Conditions {
		m, known := c.matches(r)
		if !known {
			return false, false
		}
		if !m {
			return false, true
		}
	}
	return true, true
}

func (s *Statement) admits(r *Request) bool {
	for kind, list := range s.Principal {
		for _, p := range list {
			switch {
			case kind == "*" && p == "*":
				return true
			case kind == "AWS" && r.Kind != Service && r.Kind != Federated:
				session := "arn:aws:sts::" + r.Account + ":assumed-role/" + r.Name + "/" + r.Session
				if p == "*" || p == r.Account || p == "arn:aws:iam::"+r.Account+":root" || p == r.ARN() || r.Kind == Role && p == session {
					return true
				}
			case kind == "Service" && r.Kind == Service && p == r.Name, kind == "Federated" && r.Kind == Federated && p == r.Name:
				return true
			}
		}
	}
	return false
}

func (c condition) matches(r *Request) (matches, known bool) {
	operator := c.operator
	set, rest, isSet := strings.Cut(operator, ":")
	if isSet {
		operator = rest
	}
	operator, ifExists := strings.CutSuffix(operator, "IfExists")
	have := r.lookup(c.key)
	if operator == "Null" {
		want := len(have) == 0
		for _, v := range c.values {
			if strings.EqualFold(v, strconv.FormatBool(want)) {
				return true, true
			}
		}
		return false, true
	}
	negated := strings.HasPrefix(operator, "StringNot") || strings.HasPrefix(operator, "ArnNot") || operator == "NotIpAddress" || operator == "NumericNotEquals" || operator == "DateNotEquals"
	if len(have) == 0 {
		switch {
		case set == "ForAllValues" && negated, isSet && ifExists, set == "ForAnyValue" && negated:
			return false, false
		case set == "ForAllValues":
			return true, true
		case set == "ForAnyValue":
			return false, true
		}
		return ifExists || negated, true
	}
	if !isSet && len(have) > 1 {
		return false, false
	}
	all, any := true, false
	for _, h := range have {
		some, known := false, true
		for _, v := range c.values {
			m, ok := compare(operator, h, substitute(v, r))
			known = known && ok
			some = some || m
		}
		if !known {
			return false, false
		}
		m := some != negated
		all, any = all && m, any || m
	}
	if set == "ForAnyValue" {
		return any, true
	}
	return all, true
}

// compare is a positive operator, or the one that its negation negates.
func compare(operator, have, want string) (matches, known bool) {
	switch operator {
	case "StringEquals", "StringNotEquals":
		return have == want, !strings.Contains(want, "${")
	case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase":
		return strings.EqualFold(have, want), !strings.Contains(want, "${")
	case "StringLike", "StringNotLike":
		return like(want, have), !strings.Contains(want, "${")
	case "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike":
		a, b := strings.SplitN(want, ":", 6), strings.SplitN(have, ":", 6)
		if len(a) != 6 || len(b) != 6 {
			return false, want == "*" && false
		}
		for i := range a {
			if !like(a[i], b[i]) {
				return false, true
			}
		}
		return true, !strings.Contains(want, "${")
	case "Bool":
		return strings.EqualFold(have, want), true
	case "IpAddress", "NotIpAddress":
		a, err := netip.ParseAddr(have)
		if err != nil {
			return false, false
		}
		if !strings.Contains(want, "/") {
			b, err := netip.ParseAddr(want)
			return a == b, err == nil
		}
		p, err := netip.ParsePrefix(want)
		return err == nil && p.Contains(a), err == nil
	}
	if rest, ok := strings.CutPrefix(operator, "Numeric"); ok {
		a, err := strconv.ParseFloat(have, 64)
		b, err2 := strconv.ParseFloat(want, 64)
		return ordered(rest, a-b), err == nil && err2 == nil
	}
	if rest, ok := strings.CutPrefix(operator, "Date"); ok {
		a, err := time.Parse(time.RFC3339, have)
		b, err2 := time.Parse(time.RFC3339, want)
		return ordered(rest, float64(a.Sub(b))), err == nil && err2 == nil
	}
	return false, false
}

func ordered(operator string, difference float64) bool {
	switch operator {
	case "LessThan":
		return difference < 0
	case "LessThanEquals":
		return difference <= 0
	case "GreaterThan":
		return difference > 0
	case "GreaterThanEquals":
		return difference >= 0
	}
	return difference == 0
}

func anyLike(patterns []string, text string, fold bool, r *Request) bool {
	for _, p := range patterns {
		if r != nil {
			p = substitute(p, r)
		}
		if fold {
			p, text = strings.ToLower(p), strings.ToLower(text)
		}
		if like(p, text) {
			return true
		}
	}
	return false
}

// substitute puts the values of keys for variables.
func substitute(p string, r *Request) string {
	var b strings.Builder
	for {
		from := strings.Index(p, "${")
		if from < 0 {
			break
		}
		to := strings.Index(p[from:], "}")
		if to < 0 {
			break
		}
		name := p[from+2 : from+to]
		b.WriteString(p[:from])
		v := r.lookup(strings.ToLower(name))
		if len(v) == 1 {
			b.WriteString(v[0])
		} else {
			b.WriteString("\x00${none}") // matches nothing
		}
		p = p[from+to+1:]
	}
	return b.String() + p
}

// like matches * and ?, by trying.
func like(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	switch pattern[0] {
	case '*':
		for i := 0; i <= len(text); i++ {
			if like(strings.TrimLeft(pattern, "*"), text[i:]) {
				return true
			}
		}
		return false
	case '?':
		return text != "" && like(pattern[1:], text[1:])
	}
	return text != "" && text[0] == pattern[0] && like(pattern[1:], text[1:])
}
