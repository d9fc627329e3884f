package aws

import (
	"regexp"
	"strings"
	"testing"
)

// expression is a form as a regular expression.
func expression(ways [][]Piece) *regexp.Regexp {
	var out []string
	for _, way := range ways {
		var b strings.Builder
		for _, p := range way {
			if p.Characters == "" {
				b.WriteString(regexp.QuoteMeta(p.Text))
				continue
			}
			b.WriteString("[" + regexp.QuoteMeta(p.Characters) + "]")
			b.WriteString("{" + itoa(p.Least) + "," + itoa(p.Most) + "}")
		}
		out = append(out, b.String())
	}
	return regexp.MustCompile("^(?:" + strings.Join(out, "|") + ")$")
}

func itoa(n int) string {
	if n > 9 {
		return itoa(n/10) + itoa(n%10)
	}
	return string(rune('0' + n))
}

// TestForms: values that AWS gives have their forms, and others do not.
func TestForms(t *testing.T) {
	for _, tt := range []struct {
		key, partition, value string
		want                  bool
	}{
		{"aws:RequestedRegion", "aws", "us-east-1", true}, {"aws:RequestedRegion", "aws", "ap-southeast-7", true},
		{"aws:RequestedRegion", "aws", "mx-central-1", true}, {"aws:RequestedRegion", "aws", "ca-west-1", true},
		{"aws:RequestedRegion", "aws", "cn-north-1", false}, {"aws:RequestedRegion", "aws", "us-gov-west-1", false},
		{"aws:RequestedRegion", "aws", ":", false}, {"aws:RequestedRegion", "aws-cn", "cn-northwest-1", true},
		{"aws:RequestedRegion", "aws-us-gov", "us-gov-east-1", true}, {"aws:RequestedRegion", "aws-eusc", "eusc-de-east-1", true},
		{"aws:RequestedRegion", "aws-iso", "us-iso-west-1", true}, {"aws:RequestedRegion", "aws-iso", "us-isob-east-1", false},
		{"aws:RequestedRegion", "aws-iso-b", "us-isob-west-1", true}, {"aws:RequestedRegion", "aws-iso-e", "eu-isoe-west-1", true},
		{"aws:RequestedRegion", "aws-iso-f", "us-isof-south-1", true},
		{"aws:SourceVpc", "aws", "vpc-0f0e0d0c0b0a09080", true}, {"aws:SourceVpc", "aws", "vpc-1a2b3c4d", true},
		{"aws:SourceVpc", "aws", "vpce-1a2b3c4d", false}, {"aws:SourceVpce", "aws", "vpce-0f0e0d0c0b0a09080", true},
		{"aws:PrincipalOrgID", "aws", "o-a1b2c3d4e5", true}, {"aws:PrincipalOrgID", "aws", "o-A1b2c3d4e5", false},
		{"aws:VpceAccount", "aws", "111122223333", true}, {"aws:VpceAccount", "aws", "1111", false},
	} {
		if got := expression(Forms(tt.key, tt.partition)).MatchString(tt.value); got != tt.want {
			t.Errorf("%s %s in %s: %v", tt.key, tt.value, tt.partition, got)
		}
	}
	if Forms("aws:username", "aws") != nil {
		t.Error("a name that people choose has a form")
	}
}
