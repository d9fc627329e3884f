package identity

import "strings"

// Part is a set of the parts that a Model has. No part looks at what only
// another one is made of, but at the organizations of the Model beside it.
type Part uint8

// The parts of a model.
const (
	Roles         Part = 1 << iota // each by itself
	People                         // users, groups, their keys, passwords and policies; organizations bind them
	Organizations                  // with their trees and policies
	Surroundings                   // what any check may look at besides
	AllParts      = Roles | People | Organizations | Surroundings
)

// PartOf is the part that resources of a type belong to.
func PartOf(typ string) Part {
	provider, rest, _ := strings.Cut(typ, "_")
	switch {
	case provider != "aws" && provider != "awscc":
		return Surroundings
	case rest == "iam_role":
		return Roles
	case rest == "iam_organizations_features" || strings.HasPrefix(rest, "organizations_"):
		return Organizations
	case strings.HasPrefix(rest, "iam_"):
		return People
	}
	return Surroundings
}
