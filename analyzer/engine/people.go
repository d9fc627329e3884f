package engine

import (
	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// subjects are what of users and all that is theirs is judged together, before fixes and
// with them (identity.Bonds), and which fix reaches it. Two fixes that reach no subject
// both are as good as tried alone: a verdict about one of a subject rests on nothing of
// another.
type subjects struct {
	parent map[subject]subject
	shared [][2]*terraform.Resource
	loose  []*terraform.Resource
	open   map[string]bool // roots where it depends on what users are called whose something is
	nodes  map[subject]*terraform.Resource
	fixes  map[subject]int // that reach it, by the first of those that are together
}

// subject is one of those that are judged together: a root's directory, and an address.
type subject struct{ dir, address string }

func subjectOf(r *terraform.Resource) subject { return subject{r.Root.Dir, r.Address} }

func newSubjects() *subjects {
	return &subjects{parent: map[subject]subject{}, nodes: map[subject]*terraform.Resource{}, fixes: map[subject]int{}, open: map[string]bool{}}
}

// first is the one that stands for all that are judged together.
func (s *subjects) first(of subject) subject {
	at := of
	for {
		up, below := s.parent[at]
		if !below {
			break
		}
		at = up
	}
	for of != at { // so that the way is short the next time
		of, s.parent[of] = s.parent[of], at
	}
	return at
}

func (s *subjects) node(r *terraform.Resource) subject {
	k := subjectOf(r)
	s.nodes[k] = r
	return s.first(k)
}

// add takes in the bonds of a root.
func (s *subjects) add(root *terraform.Root, bonds *identity.Bonds) {
	for _, pair := range bonds.Own {
		if a, b := s.node(pair[0]), s.node(pair[1]); a != b {
			s.parent[a] = b
		}
	}
	for _, pair := range bonds.Shared {
		s.node(pair[0])
		s.node(pair[1])
	}
	for _, r := range bonds.Loose {
		s.node(r)
	}
	s.shared, s.loose = append(s.shared, bonds.Shared...), append(s.loose, bonds.Loose...)
	s.open[root.Dir] = s.open[root.Dir] || bonds.Open
}

// reach says which subjects fixes reach, and which of these reach so far that it is not
// known what, or what one before reaches. owner is the fix that can have changed a
// resource.
func (s *subjects) reach(owner func(*terraform.Resource) (fix int, ok bool)) (far, meets map[int]bool) {
	far, meets = map[int]bool{}, map[int]bool{}
	claim := func(k subject, fix int) {
		switch by, taken := s.fixes[k]; {
		case !taken || by == fix:
			s.fixes[k] = fix
		default:
			meets[max(by, fix)] = true
			s.fixes[k] = min(by, fix)
		}
	}
	for k, r := range s.nodes {
		first := s.first(k)
		if fix, ok := owner(r); ok {
			claim(first, fix)
			far[fix] = far[fix] || s.open[k.dir] && (r.Type == "aws_iam_user" || r.Type == "awscc_iam_user")
		}
	}
	for _, pair := range s.shared {
		if fix, ok := owner(pair[1]); ok {
			claim(s.first(subjectOf(pair[0])), fix)
		}
	}
	for _, r := range s.loose {
		if fix, reached := s.fixes[s.first(subjectOf(r))]; reached {
			far[fix] = true
		}
	}
	return far, meets
}

// by is the fix that reaches a resource of people; ok is false where none does, and known
// where it is not known what does.
func (s *subjects) by(k subject) (fix int, ok, known bool) {
	if s.nodes[k] == nil {
		return 0, false, false
	}
	for up, below := s.parent[k]; below; up, below = s.parent[k] {
		k = up // and no way is made shorter: fixes are compared at the same time
	}
	fix, ok = s.fixes[k]
	return fix, ok, true
}

// subjectAt is the subject of an instance of a finding, in the order of keysOf.
func subjectAt(f *analyzer.Finding, i int) subject {
	return subject{f.Instances[i].Root, f.Instances[i].Address}
}

// ofPeople says that a finding is about what users have.
func ofPeople(f *analyzer.Finding) bool {
	return f.Resource != nil && identity.PartOf(f.Resource.Type) == identity.People
}
