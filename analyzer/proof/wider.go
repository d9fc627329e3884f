package proof

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Wider is a request that changed documents allow and the old ones did not, or
// that the old ones deny and the changed ones do not; nil when there is none
// among those that the documents tell apart. Where these are more than limit a
// sample of them is tried, the same each time: nil is then no proof.
func Wider(before, after []*policy.Document, limit int) *policy.Request {
	both := append(append([]*policy.Document{}, before...), after...)
	actions, _ := policy.ActionAtoms(both...)
	resources, _ := policy.ResourceAtoms(both...)
	keys := policy.Keys(both...)
	base := &policy.Request{}
	values := make([][]policy.ContextValue, len(keys))
	for i, key := range keys {
		values[i], _ = policy.ContextAtoms(key, base, both...)
		if strings.EqualFold(key, "aws:PrincipalType") { // no others exist
			values[i] = []policy.ContextValue{policy.One("Account"), policy.One("User"), policy.One("AssumedRole"), policy.One("Anonymous")}
		} else {
			values[i] = append(values[i], policy.One("alice"))
		}
		values[i] = slices.DeleteFunc(values[i], func(v policy.ContextValue) bool { return neverCarries(key, v) })
	}
	callers := widerCallers(both)
	sizes := []int{len(callers), len(actions), len(resources)}
	for _, v := range values {
		sizes = append(sizes, len(v)+1) // one more: what follows from the caller
	}
	for choice := range choices(sizes, limit) {
		r := &policy.Request{Caller: callers[choice[0]], Action: actions[choice[1]], Resource: resources[choice[2]]}
		for i, key := range keys {
			if at := choice[3+i]; at < len(values[i]) {
				r = r.With(key, values[i][at])
			}
		}
		old, now := policy.Decide(before, r), policy.Decide(after, r)
		if now.Allowed == value.Yes && old.Allowed == value.No || old.Denied == value.Yes && now.Denied != value.Yes ||
			now.Granted == value.Yes && old.Granted == value.No {
			return r
		}
	}
	return nil
}

// neverCarries says that no request carries a key with such a value: a list where
// the key has one value, anything where there is no such key.
func neverCarries(name string, v policy.ContextValue) bool {
	name = strings.ToLower(name)
	if _, listed := aws.Keys()[name]; listed {
		return v.Multi && !policy.MultiValued(name)
	}
	return v.Presence != policy.Absent && keyOf(name).There == aws.Never
}

// widerCallers are callers of every kind, and those whom the documents name.
func widerCallers(docs []*policy.Document) []*policy.Caller {
	names := []string{
		"arn:aws:iam::111122223333:root", "arn:aws-us-gov:iam::444455556666:root", "arn:aws:iam::111122223333:user/alice",
		"arn:aws:iam::444455556666:user/alice", "arn:aws:sts::111122223333:assumed-role/deploy/alice", "ec2.amazonaws.com", "anonymous",
	}
	for _, d := range docs {
		for _, s := range d.Statements {
			for _, p := range s.Principals {
				if text, ok := p.Value.Text(); ok {
					names = append(names, strings.ReplaceAll(text, "*", "x"))
				}
			}
		}
	}
	out := []*policy.Caller{nil}
	seen := map[string]bool{}
	for _, name := range names {
		if c, err := policy.ParseCaller(name); err == nil && !seen[name] {
			seen[name], out = true, append(out, c)
		}
	}
	return out
}

// choices are all ways to choose one of each, or a sample where they are more
// than limit.
func choices(sizes []int, limit int) func(func([]int) bool) {
	total := 1
	for _, n := range sizes {
		if total *= n; total > limit {
			break
		}
	}
	return func(yield func([]int) bool) {
		choice := make([]int, len(sizes))
		if total > limit {
			r := rand.New(rand.NewPCG(1, 2))
			for range limit {
				for i, n := range sizes {
					choice[i] = r.IntN(n)
				}
				if !yield(choice) {
					return
				}
			}
			return
		}
		for range total {
			if !yield(choice) {
				return
			}
			for i := range choice {
				if choice[i]++; choice[i] < sizes[i] {
					break
				}
				choice[i] = 0
			}
		}
	}
}
