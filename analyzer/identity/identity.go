// Package identity says who exists and what binds them: users, access keys,
// logins, groups, roles with their trust policies, and the organization with
// its service control policies. It is built from Terraform values and policy
// documents, and is the only place where the two meet.
package identity

// Model is everything that was scanned, seen as identities.
type Model struct{}
