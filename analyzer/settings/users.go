package settings

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"
)

// RootUsageLimit is how many days ago a use of root is everyday use.
func (s *Settings) RootUsageLimit() int {
	if s.RootUsageDays > 0 {
		return s.RootUsageDays
	}
	return 7
}

// GovCloud says that an account is one of AWS GovCloud, by its id or by the
// partition of its ARNs: it has no root user of its own.
func (s *Settings) GovCloud(account, partition string) bool {
	return partition == "aws-us-gov" || slices.Contains(s.GovCloudAccounts, account)
}

// KeyAgeLimit is how many days an access key may be in use.
func (s *Settings) KeyAgeLimit() int {
	if s.MaxKeyAge > 0 {
		return s.MaxKeyAge
	}
	return 90
}

// UnusedLimit is after how many days without use a credential is unused.
func (s *Settings) UnusedLimit() int {
	if s.UnusedDays > 0 {
		return s.UnusedDays
	}
	return 90
}

// BreakGlass says that the user is one for emergencies.
func (s *Settings) BreakGlass(name string, tags map[string]string) bool {
	return among(s.BreakGlassUsers, name, tags)
}

// Machine says that the user is a program.
func (s *Settings) Machine(name string, tags map[string]string) bool {
	return among(s.MachineUsers, name, tags)
}

func among(list []string, name string, tags map[string]string) bool {
	for _, entry := range list {
		tag, isTag := strings.CutPrefix(entry, "tag:")
		if !isTag {
			if ok, err := path.Match(strings.ToLower(entry), strings.ToLower(name)); err == nil && ok && name != "" {
				return true
			}
			continue
		}
		key, want, valued := strings.Cut(tag, "=")
		if have, ok := tags[key]; ok && (!valued || have == want) {
			return true
		}
	}
	return false
}

// Networks are those of AllowedCIDRs: where root may act from.
func (s *Settings) Networks() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, c := range s.AllowedCIDRs {
		prefix, err := netip.ParsePrefix(c)
		if err != nil {
			addr, err := netip.ParseAddr(c)
			if err != nil {
				return nil, fmt.Errorf("allowed_cidrs: %w", err)
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		out = append(out, prefix.Masked())
	}
	return out, nil
}
