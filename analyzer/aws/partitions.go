package aws

import (
	"slices"
	"strings"
)

// A Partition is a group of regions with accounts and ARNs of its own.
type Partition struct {
	Name      string // aws-us-gov, as in arn:aws-us-gov:iam::…
	DNSSuffix string // amazonaws.com
	prefix    string // of the names of its regions; "" for all others
}

// ReverseDNS is what the names of its endpoint services begin with: com.amazonaws.
func (p Partition) ReverseDNS() string {
	labels := strings.Split(p.DNSSuffix, ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".")
}

// Partitions are all partitions of AWS, the usual one first.
func Partitions() []Partition {
	return []Partition{
		{"aws", "amazonaws.com", ""},
		{"aws-us-gov", "amazonaws.com", "us-gov-"},
		{"aws-cn", "amazonaws.com.cn", "cn-"},
		{"aws-eusc", "amazonaws.eu", "eusc-"},
		{"aws-iso", "c2s.ic.gov", "us-iso-"},
		{"aws-iso-b", "sc2s.sgov.gov", "us-isob-"},
		{"aws-iso-e", "cloud.adc-e.uk", "eu-isoe-"},
		{"aws-iso-f", "csp.hci.ic.gov", "us-isof-"},
	}
}

// PartitionNames are the names of the partitions, the usual one first.
func PartitionNames() []string {
	var out []string
	for _, p := range Partitions() {
		out = append(out, p.Name)
	}
	return out
}

// PartitionNamed is the partition of that name.
func PartitionNamed(name string) (p Partition, ok bool) {
	for _, p := range Partitions() {
		if p.Name == name {
			return p, true
		}
	}
	return Partition{}, false
}

// PartitionOf is the partition that a region is in.
func PartitionOf(region string) Partition {
	all := Partitions()
	for _, p := range all[1:] {
		if strings.HasPrefix(region, p.prefix) {
			return p
		}
	}
	return all[0]
}
