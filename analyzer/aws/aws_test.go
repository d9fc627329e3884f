package aws

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPartitionOf(t *testing.T) {
	for region, want := range map[string]string{
		"": "aws", "us-east-1": "aws", "eu-central-1": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov",
		"eusc-de-east-1": "aws-eusc", "us-iso-east-1": "aws-iso", "us-isob-east-1": "aws-iso-b", "eu-isoe-west-1": "aws-iso-e",
		"us-isof-south-1": "aws-iso-f",
	} {
		if got := PartitionOf(region).Name; got != want {
			t.Errorf("%q is in %s, want %s", region, got, want)
		}
	}
	for name, want := range map[string]string{"aws": "com.amazonaws", "aws-cn": "cn.com.amazonaws", "aws-eusc": "eu.amazonaws", "aws-iso": "gov.ic.c2s"} {
		if p, ok := PartitionNamed(name); !ok || p.ReverseDNS() != want {
			t.Errorf("%s: %+v, %s, want %s", name, p, p.ReverseDNS(), want)
		}
	}
	if _, ok := PartitionNamed("aws-moon"); ok {
		t.Error("aws-moon is a partition")
	}
}

// TestSlip: what people mean, and what may be a key of tomorrow.
func TestSlip(t *testing.T) {
	for name, want := range map[string]string{
		"aws:MultiFactorAuthenticated": "aws:MultiFactorAuthPresent",
		"aws:RoleSessionName":          "sts:RoleSessionName",
		"AWS:externalid":               "sts:ExternalId",
		"aws:usrname":                  "aws:username",
		"aws:PrincipleArn":             "aws:PrincipalArn",
		"aws:PrinicpalArn":             "aws:PrincipalArn",
		"aws:PrincipalOrglD":           "aws:PrincipalOrgID",
		"aws:SourceIpp":                "",
		"aws:SouceIp":                  "aws:SourceIp",
		"aws:SourceIp":                 "",
		"aws:SourceVpces":              "",
		"aws:PrincipalTag/team":        "",
		"aws:SomethingNew":             "",
		"s3:prefix":                    "",
	} {
		if got := Slip(name); got != want {
			t.Errorf("%s means %q, want %q", name, got, want)
		}
	}
	for name := range Keys() {
		if got := Slip(name); got != "" {
			t.Errorf("%s is a key, and means %s", name, got)
		}
	}
}

// TestTables: each table is where it says.
func TestTables(t *testing.T) {
	for _, table := range Tables() {
		if _, err := os.Stat(filepath.Join("../..", table.File)); err != nil {
			t.Errorf("%s: %v", table.Name, err)
		}
		if table.Source == "" || table.AsOf == "" {
			t.Errorf("%s has no source or date: %+v", table.Name, table)
		}
	}
}
