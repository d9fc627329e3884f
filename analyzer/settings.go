package analyzer

// Settings are what differs between organizations, read from .iamvet.hcl.
// Every field has a default that is right without it.
type Settings struct {
	// AllowedCIDRs are the networks that root may act from; nil when the
	// project has not said.
	AllowedCIDRs []string
	// TrustedAccounts are account ids that are the project's own.
	TrustedAccounts []string
	// RootExemptActions may be left to root by an SCP that denies it the rest.
	RootExemptActions []string
}
