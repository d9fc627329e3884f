package proof

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func sourceIP(t testing.TB, opt SourceIPOptions, statements ...string) SourceIPResult {
	t.Helper()
	var docs []*policy.Document
	for _, s := range statements {
		docs = append(docs, partly(t, `{"Version": "2012-10-17", "Statement": [`+s+`]}`))
	}
	levels := []Level{{Documents: docs, FullAccess: value.Yes}}
	got := SourceIP(levels, opt)
	if got.Class.Verdict() == Violated && got.Class != IPMalformed {
		replaySCP(t, levels, Violated, got.Witness)
	}
	if got.Class == IPUndetermined && len(got.Needs) == 0 {
		t.Error("nothing is needed")
	}
	return got
}

const fromOffice = `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"},
	"NotIpAddressIfExists": {"aws:SourceIp": ["198.51.100.0/24", "203.0.113.0/25"]}, "BoolIfExists": {"aws:ViaAWSService": "false"}}}`

// TestConfiguredNetworks: the policies have to confine to exactly the networks
// that a project configured.
func TestConfiguredNetworks(t *testing.T) {
	for _, tt := range []struct {
		name    string
		allowed []netip.Prefix
		want    value.Tri
		words   string
	}{
		{"the same", prefixes("198.51.100.0/24", "203.0.113.0/25"), value.No, ""},
		{"the same, cut otherwise", prefixes("198.51.100.0/25", "198.51.100.128/25", "203.0.113.0/25"), value.No, ""},
		{"fewer", prefixes("198.51.100.0/24"), value.Yes, "203.0.113.9 passes, and is not in a configured network"},
		{"more", prefixes("198.51.100.0/24", "203.0.113.0/24"), value.Yes, "203.0.113.135 is in a configured network, and is stopped"},
		{"others", prefixes("192.0.2.0/24"), value.Yes, "192.0.2.77 is in a configured network, and is stopped"},
		{"IPv6 as well", prefixes("198.51.100.0/24", "203.0.113.0/25", "2001:db8::/32"), value.Yes, "2001:db8::9 is in a configured network, and is stopped"},
	} {
		got := sourceIP(t, SourceIPOptions{Allowed: tt.allowed}, fromOffice)
		if got.Class != IPRestricted || got.Contradicts != tt.want {
			t.Errorf("%s: %v, contradicts %v, want %v", tt.name, got.Class, got.Contradicts, tt.want)
		}
		if got.Contradiction != nil && got.Contradiction.Because != tt.words {
			t.Errorf("%s: %q, want %q", tt.name, got.Contradiction.Because, tt.words)
		}
	}
}

func TestSourceIPRoot(t *testing.T) {
	const deny = `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {`
	for _, tt := range []struct {
		name       string
		statements []string
		want       IPClass
	}{
		{"root alone", []string{fromOffice}, IPRestricted},
		{"two lists, of which the smaller counts", []string{fromOffice, deny + `"NotIpAddress": {"aws:SourceIp": "198.51.100.0/25"}}}`}, IPRestricted},
		{"two lists without a common address", []string{fromOffice, deny + `"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}`}, IPLockout},
		{"a list and a list of everything", []string{fromOffice, deny + `"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}`}, IPRestricted},
		{"root is denied altogether", []string{deny + `"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}}`}, IPRestricted},
		{"nothing", nil, IPNone},
		{"users only", []string{deny + `"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/*"}, "NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}`}, IPVacuous},
		{"only without MFA", []string{deny + `"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}, "NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}`}, IPPartial},
		{"unknown networks", []string{deny + `"NotIpAddress": {"aws:SourceIp": "?"}}}`}, IPUndetermined},
		{"unknown networks beside known ones", []string{deny + `"NotIpAddress": {"aws:SourceIp": ["198.51.100.0/24", "?"]}}}`}, IPUndetermined},
		{"unknown networks beside all", []string{deny + `"NotIpAddress": {"aws:SourceIp": ["0.0.0.0/0", "::/0", "?"]}}}`}, IPVacuous},
		{"one's own endpoint is not known", []string{deny + `"NotIpAddressIfExists": {"aws:SourceIp": "198.51.100.0/24"}, "StringNotEqualsIfExists": {"aws:SourceVpc": "?"}, "Bool": {"aws:ViaAWSService": "false"}}}`}, IPUndetermined},
		{"data plane actions are left out", []string{`{"Effect": "Deny", "NotAction": ["es:ES*", "dax:GetItem", "rds-db:connect"], "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}}`}, IPRestricted},
	} {
		if got := sourceIP(t, SourceIPOptions{}, tt.statements...); got.Class != tt.want {
			t.Errorf("%s: %v, want %v; witness %+v, needs %v", tt.name, got.Class, tt.want, got.Witness, got.Needs)
		}
	}
	if got := sourceIP(t, SourceIPOptions{}, `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": ["8.0.0.0/7"]}}}`); !got.Wide {
		t.Error("a /7 is not wide")
	}
	if got := sourceIP(t, SourceIPOptions{}, fromOffice); got.Wide || !slices.Equal(got.Networks, prefixes("198.51.100.0/24", "203.0.113.0/25")) {
		t.Errorf("wide %v, networks %v", got.Wide, got.Networks)
	}
}

// TestTagException: a tag that frees from the policy matters only where people
// can give it to themselves.
func TestTagException(t *testing.T) {
	const tagged = `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"NotIpAddressIfExists": {"aws:SourceIp": "198.51.100.0/24"},
		"BoolIfExists": {"aws:ViaAWSService": "false"}, "StringNotEqualsIfExists": {"aws:PrincipalTag/dp:exclude:network": "true"}}}`
	const protect = `{"Effect": "Deny", "Action": ["iam:TagRole", "iam:TagUser", "sts:TagSession"], "Resource": "*", "Condition": {
		"ForAnyValue:StringLike": {"aws:TagKeys": "dp:exclude:*"}, "StringNotEqualsIfExists": {"aws:PrincipalTag/team": "admin"}}}`
	if got := sourceIP(t, SourceIPOptions{Everyone: true}, tagged); got.Class != IPRestricted || !got.TagException {
		t.Errorf("unprotected: %v %v", got.Class, got.Flags())
	}
	if got := sourceIP(t, SourceIPOptions{Everyone: true}, tagged, protect); got.Class != IPRestricted || got.TagException {
		t.Errorf("protected: %v %v", got.Class, got.Flags())
	}
	if got := sourceIP(t, SourceIPOptions{}, tagged); got.TagException {
		t.Error("root has no tags")
	}
}

func TestStretches(t *testing.T) {
	list := stretches([][]netip.Prefix{prefixes("198.51.100.0/24"), prefixes("198.51.100.128/25", "10.0.0.0/8"), prefixes("2001:db8::/32")})
	for i, s := range list {
		if s.first.Compare(s.last) > 0 || i > 0 && list[i-1].first.Is4() == s.first.Is4() && list[i-1].last.Compare(s.first) >= 0 {
			t.Errorf("stretch %v to %v is out of order", s.first, s.last)
		}
		if !s.contains(s.sample()) {
			t.Errorf("%v is not in %v to %v", s.sample(), s.first, s.last)
		}
		if s.contains(netip.MustParseAddr("10.1.2.3")) || s.contains(netip.MustParseAddr("192.168.1.1")) {
			t.Errorf("%v to %v holds private addresses", s.first, s.last)
		}
	}
	samples := publicSamples([][]netip.Prefix{prefixes("198.51.100.0/24"), prefixes("198.51.100.128/25")})
	if len(samples) != 4 { // outside of both families, the halves of the network
		t.Errorf("samples %v", samples)
	}
}

// TestEndpointKeysOfSomeServices: some keys come with requests to some services alone, so
// that others come through somebody's endpoint without them.
func TestEndpointKeysOfSomeServices(t *testing.T) {
	const own = `{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Null": {"aws:SourceVpce": "true"}}}`
	for _, tt := range []struct {
		deny string
		want Verdict
	}{
		{`"StringNotEqualsIfExists": {"aws:VpceAccount": "111122223333"}`, Holds},
		{`"StringNotEquals": {"aws:VpceAccount": "111122223333"}`, Holds},
		{`"StringNotEquals": {"aws:VpceAccount": "111122223333"}, "Null": {"aws:VpceAccount": "false"}`, Violated},
		{`"StringLike": {"aws:VpceAccount": "*"}`, Violated},
		{`"StringLike": {"aws:VpceOrgID": "*"}`, Violated},
		{`"ArnLike": {"aws:SourceVpcArn": "*"}`, Violated},
		{`"StringLike": {"aws:SourceVpc": "*"}`, Holds}, // with every request through an endpoint
	} {
		got := sourceIP(t, SourceIPOptions{Account: "123456789012", Partitions: []string{"aws"}}, own,
			`{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {`+tt.deny+`}}`)
		if got.Class.Verdict() != tt.want {
			t.Errorf("%s: %v, want %v: %+v %v", tt.deny, got.Class, tt.want, got.Witness, got.Needs)
		}
	}
}
