package fixes

import "github.com/iamvet/iamvet/analyzer/proof"

// Remedies say in words what mends a near miss, to end a message.
var Remedies = map[string]string{
	proof.DefectBool:          "use BoolIfExists",
	proof.DefectForAny:        "use BoolIfExists",
	proof.DefectPolarity:      "test for \"false\", with BoolIfExists",
	proof.DefectNullOnly:      "use BoolIfExists with \"false\", which covers an absent key as well",
	proof.DefectBothTests:     "keep BoolIfExists alone, which covers both",
	proof.DefectAge:           "use NumericGreaterThanIfExists",
	proof.DefectStringOnBool:  "use BoolIfExists",
	proof.DefectKey:           "test aws:MultiFactorAuthPresent with BoolIfExists",
	proof.DefectPrincipalType: "write \"Account\", which is what aws:PrincipalType is for root, or test aws:PrincipalArn",
	proof.DefectWildcard:      "use StringLike or ArnLike",
	proof.DefectARN:           "write arn:*:iam::*:root",
	proof.DefectPartition:     "write arn:*:iam::*:root, which matches in every partition",
	proof.DefectAccount:       "write arn:*:iam::*:root, which matches in every account",
	proof.DefectInverted:      "use the operator without Not",
	proof.DefectPrincipal:     "test aws:PrincipalArn for arn:*:iam::*:root",
	proof.DefectTag:           "leave the tag out: root carries none",
	proof.DefectActions:       "deny \"*\", or use NotAction with what enrols an MFA device",
	proof.DefectExempts:       "exempt only what enrols an MFA device",
	proof.DefectResource:      "write \"*\"",
	proof.DefectNarrowed:      "leave the further condition out",
	proof.DefectFullAccess:    "write a Deny: FullAWSAccess allows everything beside it",
	proof.DefectMalformed:     "mend it: AWS refuses the policy as it is",
}

// AddressRemedies are the same for what is meant to confine root to networks.
var AddressRemedies = map[string]string{
	proof.DefectBlocklist:         "it stops the listed networks and lets all others pass: use NotIpAddressIfExists with the networks you know",
	proof.DefectVia:               "test for \"false\": services call with that key \"true\", people do not",
	proof.DefectNullVPC:           "anybody's VPC endpoint passes: name your own VPC, with StringNotEqualsIfExists on aws:SourceVpc",
	proof.DefectEndpointAddresses: "anybody's VPC has such addresses: name your own VPC, with StringNotEqualsIfExists on aws:SourceVpc",
	proof.DefectOpenList:          "list your own networks",
	proof.DefectPartition:         "write arn:*:iam::*:root, which matches in every partition",
	proof.DefectOtherPrincipal:    "root is not among those whom it confines: leave that condition out, or have it match arn:*:iam::*:root",
	proof.DefectPrincipalType:     "write \"Account\", which is what aws:PrincipalType is for root",
	proof.DefectWildcard:          "use StringLike or ArnLike",
	proof.DefectTag:               "leave the tag out: root carries none",
	proof.DefectActions:           "deny \"*\"",
	proof.DefectExempts:           "deny \"*\", without exceptions",
	proof.DefectResource:          "write \"*\"",
	proof.DefectNarrowed:          "leave the further condition out",
	proof.DefectFullAccess:        "write a Deny: FullAWSAccess allows everything beside it",
	proof.DefectMalformed:         "mend it: AWS refuses the policy as it is",
}
