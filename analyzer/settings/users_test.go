package settings_test

import (
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
)

func parse(t *testing.T, text string) settings.Settings {
	t.Helper()
	s, err := settings.Parse(source.NewFile(settings.Name, []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDefaults(t *testing.T) {
	s := parse(t, "")
	if s.KeyAgeLimit() != 90 || s.UnusedLimit() != 90 {
		t.Errorf("limits are %d and %d days, want 90", s.KeyAgeLimit(), s.UnusedLimit())
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

func TestRefusals(t *testing.T) {
	for text, want := range map[string]string{
		`max_key_age = -1`:                 "max_key_age",
		`unused_days = -1`:                 "unused_days",
		`severities = { IV201 = "fatal" }`: "not critical, high, medium or low",
		`severities = { IV201 = "note" }`:  "not critical, high, medium or low",
		`trusted_accounts = ["1"]`:         "12-digit",
		`allowed_cidrs = ["home"]`:         "address range",
		`max_keys = 1`:                     "max_keys",
	} {
		_, err := settings.Parse(source.NewFile(settings.Name, []byte(text)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
