// Package checks holds the rules, one file each. A rule is a value; this file
// is the catalogue.
package checks

import "github.com/iamvet/iamvet/analyzer"

// All are the rules, in order of their ids. Ids are never reused.
var All = []*analyzer.Check{
	RootAccessKey,
	RootMFA,
	RootHardwareMFA,
	RootUsage,
	RootIPAllowlist,
	RoleSessionName,
	RoleTrustAnyone,
	OIDCSubject,
	UserKeyAtCreation,
	UserMultipleKeys,
	UserKeyRotation,
	UserConsoleMFA,
	UserUnusedCredentials,
	DetectiveControls,
}
