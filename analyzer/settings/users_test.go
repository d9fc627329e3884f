package settings_test

import (
	"testing"

	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
)

func parse(t *testing.T, text string) settings.Settings {
	t.Helper()
	s, errs := settings.Parse(source.NewFile(settings.Name, []byte(text)))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return s
}

func TestDefaults(t *testing.T) {
	s := parse(t, "")
	if s.KeyAgeLimit() != 90 || s.UnusedLimit() != 90 || s.RootUsageLimit() != 7 {
		t.Errorf("limits are %d, %d and %d days, want 90, 90 and 7", s.KeyAgeLimit(), s.UnusedLimit(), s.RootUsageLimit())
	}
	if s.GovCloud("", "") || s.GovCloud("111122223333", "aws") || !s.GovCloud("111122223333", "aws-us-gov") {
		t.Error("GovCloud is not what the partition says")
	}
	if s.BreakGlass("break-glass", map[string]string{"BreakGlass": "true"}) || s.Machine("ci", nil) {
		t.Error("a user is exempt without a setting")
	}
}

func TestUsers(t *testing.T) {
	s := parse(t, `
max_key_age       = 30
unused_days       = 45
break_glass_users = ["Break-Glass-?", "tag:Emergency=yes"]
machine_users     = ["ci-*", "tag:Machine"]
`)
	if s.KeyAgeLimit() != 30 || s.UnusedLimit() != 45 {
		t.Errorf("limits are %d and %d days", s.KeyAgeLimit(), s.UnusedLimit())
	}
	for _, c := range []struct {
		name                string
		tags                map[string]string
		breakGlass, machine bool
	}{
		{"break-glass-1", nil, true, false},
		{"BREAK-GLASS-2", nil, true, false},
		{"break-glass-12", nil, false, false},
		{"break-glass", nil, false, false},
		{"vault", map[string]string{"Emergency": "yes"}, true, false},
		{"vault", map[string]string{"Emergency": "no"}, false, false},
		{"vault", map[string]string{"emergency": "yes"}, false, false},
		{"ci-deploy", nil, false, true},
		{"deploy-ci-", nil, false, false},
		{"x", map[string]string{"Machine": "no matter"}, false, true},
		{"", map[string]string{}, false, false},
	} {
		if got := s.BreakGlass(c.name, c.tags); got != c.breakGlass {
			t.Errorf("%s %v: break glass is %v", c.name, c.tags, got)
		}
		if got := s.Machine(c.name, c.tags); got != c.machine {
			t.Errorf("%s %v: machine is %v", c.name, c.tags, got)
		}
	}
}
