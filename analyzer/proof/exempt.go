package proof

import "strings"

// Exemptable says that an action may be left to root and users without MFA,
// because enrolling a device needs it.
func Exemptable(action string) bool { return exemptable[strings.ToLower(action)] }
