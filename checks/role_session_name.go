package checks

import "github.com/iamvet/iamvet/analyzer"

// RoleSessionName is IV201.
var RoleSessionName = &analyzer.Check{ID: "IV201", Name: "role-session-name", Run: func(*analyzer.Pass) error { return nil }}
