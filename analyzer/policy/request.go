package policy

import "strings"

// Presence is what is known of a condition key in a request. The zero Presence
// is Absent.
type Presence int8

// The presences.
const (
	Absent  Presence = iota // the request does not carry the key
	Known                   // it does, and the values are known
	Present                 // it does, and the value is not known
	Either                  // it is not known whether it does
)

// ContextValue is the value of a condition key in a request. The zero
// ContextValue is absent. AWS calls an empty text null and treats it as absent:
// make ContextValues with One and Many, which do.
type ContextValue struct {
	Presence Presence
	Values   []string // of a Known key: one or more, none of them empty
	Multi    bool     // the key carries a list
}

// One is a key with one value; the empty string makes it absent.
func One(s string) ContextValue {
	if s == "" {
		return ContextValue{}
	}
	return ContextValue{Presence: Known, Values: []string{s}}
}

// Many is a key with a list of values. Empty strings are left out, and a list
// of none makes the key absent. A list of one is read as a single value where
// the key is not known to carry lists.
func Many(values ...string) ContextValue {
	var kept []string
	for _, s := range values {
		if s != "" {
			kept = append(kept, s)
		}
	}
	if len(kept) == 0 {
		return ContextValue{}
	}
	return ContextValue{Presence: Known, Values: kept, Multi: true}
}

// Request is what a statement is matched with. The zero Request is by an
// unknown caller, of an unknown action on an unknown resource, with no
// condition keys but those of the caller.
type Request struct {
	Caller   *Caller // nil when it is not known
	Action   string  // service:Name; "" when it is not known
	Resource string  // an ARN, or * for an action that has none; "" when it is not known
	// Context holds condition keys, spelled in any case.
	Context map[string]ContextValue
	// Unlisted is the presence of keys that Context does not hold and the
	// caller does not imply: Absent or Either.
	Unlisted Presence
}

// Lookup is the value of a condition key: of the context, else what follows
// from the caller, else Unlisted.
func (r *Request) Lookup(key string) ContextValue {
	if v, ok := r.Context[key]; ok {
		return v
	}
	found := ""
	for k := range r.Context {
		// Two spellings of one key are the caller's mistake; the answer must
		// not depend on the order of a map.
		if strings.EqualFold(k, key) && (found == "" || k < found) {
			found = k
		}
	}
	if found != "" {
		return r.Context[found]
	}
	if v, ok := r.Caller.implied(key); ok {
		return v
	}
	return ContextValue{Presence: r.Unlisted}
}

// With is a copy of the request with one context key set.
func (r *Request) With(key string, v ContextValue) *Request {
	c := *r
	c.Context = make(map[string]ContextValue, len(r.Context)+1)
	for k, old := range r.Context {
		if !strings.EqualFold(k, key) {
			c.Context[k] = old
		}
	}
	c.Context[key] = v
	return &c
}
