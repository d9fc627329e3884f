package proof

import (
	"slices"

	"github.com/iamvet/iamvet/analyzer/policy"
)

// StopsRoles is the statement of an SCP that stops what ordinary role sessions
// do; nil when none does. Attached to the root of an organization,
// such a policy stops its work.
func StopsRoles(d *policy.Document) *policy.Statement {
	docs := []*policy.Document{d}
	q := rootQuestion{partition: "aws", account: freshAccount(accountsNamed(docs)), docs: docs}
	for _, s := range d.Statements {
		if s.Effect == policy.Deny && q.stopsRoles(s) {
			return s
		}
	}
	return nil
}

// Meant says that a near miss is one: that its statement sets out to stop root,
// or everybody, from all there is. A statement that asks for MFA, or for a
// network, for a few actions of everybody does what it says.
func (n *NearMiss) Meant() bool {
	if n.Defect != DefectActions && n.Defect != DefectResource {
		return true
	}
	return slices.ContainsFunc(n.Statement.Conditions, func(c policy.Condition) bool { return testsRoot(&c) })
}

// MeantForMFA says that a near miss of RootMFA is one: Meant, and not a
// statement that confines root to networks, which is another matter.
func (n *NearMiss) MeantForMFA() bool {
	return n.Meant() && (!aboutAddresses(n.Statement) ||
		slices.ContainsFunc(n.Statement.Conditions, func(c policy.Condition) bool { return testsMFA(&c) }))
}
