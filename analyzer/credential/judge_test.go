package credential

import (
	"testing"
	"time"
)

// now is the day of the articles' sample.
const now = "2021-01-24T00:00:00Z"

func ago(t *testing.T, d time.Duration) time.Time { return at(t, now).Add(-d) }

func TestKeyAge(t *testing.T) {
	for name, tt := range map[string]struct {
		key  Key
		want Answer
	}{
		"no key":              {Key{}, Unsaid},
		"no key, and said so": {Key{Active: No}, No},
		"rotated today":       {Key{Active: Yes, Rotated: ago(t, 0)}, No},
		"tomorrow":            {Key{Active: Yes, Rotated: ago(t, -Day)}, No},
		"90 days to a second": {Key{Active: Yes, Rotated: ago(t, 90*Day)}, No},
		"a second more":       {Key{Active: Yes, Rotated: ago(t, 90*Day+time.Second)}, Yes},
		"inactive":            {Key{Active: No, Rotated: ago(t, Year)}, No},
		"no date":             {Key{Active: Yes}, Unsaid},
		"activity not known":  {Key{Rotated: ago(t, Year)}, Unsaid},
	} {
		if got := tt.key.OlderThan(at(t, now), 90*Day); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func TestUnused(t *testing.T) {
	old := ago(t, 90*Day)
	for name, tt := range map[string]struct {
		row  Row
		want Answer
	}{
		"nothing said":                   {Row{}, Unsaid},
		"no credentials":                 {rowOf(Password{Enabled: No}), No},
		"password used yesterday":        {rowOf(Password{Enabled: Yes, LastUsed: ago(t, Day), LastChanged: ago(t, 5*Year)}), No},
		"password used 90 days ago":      {rowOf(Password{Enabled: Yes, LastUsed: old, LastChanged: old}), Yes},
		"a second less":                  {rowOf(Password{Enabled: Yes, LastUsed: old.Add(time.Second)}), No},
		"never used, set long ago":       {rowOf(Password{Enabled: Yes, LastChanged: old}), Yes},
		"never used, set today":          {rowOf(Password{Enabled: Yes, LastChanged: ago(t, 0)}), No},
		"never used, nobody knows since": {rowOf(Password{Enabled: Yes}), Unsaid},
		"disabled password":              {rowOf(Password{Enabled: No, LastUsed: old}), No},
		"key used yesterday":             {rowOf(Password{Enabled: No}, Key{Active: Yes, Rotated: ago(t, 5*Year), LastUsed: ago(t, Day)}), No},
		"key used 90 days ago":           {rowOf(Password{Enabled: No}, Key{Active: Yes, Rotated: ago(t, 5*Year), LastUsed: old}), Yes},
		"key never used":                 {rowOf(Password{Enabled: No}, Key{Active: Yes, Rotated: old}), Yes},
		"new key never used":             {rowOf(Password{Enabled: No}, Key{Active: Yes, Rotated: ago(t, Day)}), No},
		"inactive key":                   {rowOf(Password{Enabled: No}, Key{Active: No, Rotated: old}), No},
		"password in use, key not":       {rowOf(Password{Enabled: Yes, LastUsed: ago(t, Day)}, Key{Active: Yes, Rotated: old}), Yes},
		"second key":                     {rowOf(Password{Enabled: No}, Key{Active: No}, Key{Active: Yes, Rotated: old}), Yes},
	} {
		if got := tt.row.Unused(at(t, now), 90*Day); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}

func rowOf(p Password, keys ...Key) Row {
	r := Row{Password: p, Keys: [2]Key{{Active: No}, {Active: No}}}
	copy(r.Keys[:], keys)
	return r
}

// In May 2018 AWS kept no record of passwords in use.
func TestPasswordsOfMay2018(t *testing.T) {
	p := Password{Enabled: Yes, LastUsed: at(t, "2018-05-01T00:00:00Z"), LastChanged: at(t, "2017-01-01T00:00:00Z")}
	never := Password{Enabled: Yes, LastChanged: at(t, "2017-01-01T00:00:00Z")}
	key := Key{Active: Yes, Rotated: at(t, "2017-01-01T00:00:00Z"), LastUsed: at(t, "2018-05-01T00:00:00Z")}
	for _, tt := range []struct {
		at                   string
		password, unset, key Answer
	}{
		{"2018-08-10T00:00:00Z", No, No, Yes},
		{"2018-08-21T21:07:59Z", No, No, Yes},
		{"2018-08-21T21:08:00Z", Yes, Yes, Yes},
	} {
		if got := p.Unused(at(t, tt.at), 90*Day); got != tt.password {
			t.Errorf("%s: password %v", tt.at, got)
		}
		if got := never.Unused(at(t, tt.at), 90*Day); got != tt.unset {
			t.Errorf("%s: password never used %v", tt.at, got)
		}
		if got := key.Unused(at(t, tt.at), 90*Day); got != tt.key {
			t.Errorf("%s: key %v", tt.at, got)
		}
	}
	after := Password{Enabled: Yes, LastUsed: at(t, "2018-05-24T00:00:00Z")}
	if after.Seen() != after.LastUsed {
		t.Errorf("what is dated later counts as it is: %v", after.Seen())
	}
}

func TestKeyAtCreation(t *testing.T) {
	created := at(t, "2020-03-01T12:00:00Z")
	for _, tt := range []struct {
		apart time.Duration
		want  int
	}{{0, 0}, {10 * time.Second, 0}, {-10 * time.Second, 0}, {11 * time.Second, -1}, {-11 * time.Second, -1}, {time.Hour, -1}} {
		r := Row{Created: created, Keys: [2]Key{{Active: No, Rotated: created.Add(tt.apart)}}}
		if got := r.KeyAtCreation(); got != tt.want {
			t.Errorf("%v apart: %d, want %d", tt.apart, got, tt.want)
		}
		r.Keys[0], r.Keys[1] = r.Keys[1], r.Keys[0]
		if got := r.KeyAtCreation(); tt.want == 0 && got != 1 || tt.want < 0 && got >= 0 {
			t.Errorf("%v apart, second key: %d", tt.apart, got)
		}
	}
	for _, r := range []Row{{}, {Created: created}, {Keys: [2]Key{{Rotated: created}}}} {
		if got := r.KeyAtCreation(); got != -1 {
			t.Errorf("%+v: %d", r, got)
		}
	}
}

func TestMFA(t *testing.T) {
	for _, tt := range []struct {
		root                    bool
		password, mfa, expected Answer
	}{
		{false, Yes, No, Yes}, {false, Yes, Yes, No}, {false, No, No, No}, {false, Yes, Unsaid, Unsaid}, {false, Unsaid, No, Unsaid}, {false, Unsaid, Yes, No},
		{true, Unsaid, No, Yes}, {true, Unsaid, Yes, No}, {true, No, No, Yes}, {true, Yes, Unsaid, Unsaid},
	} {
		r := Row{Root: tt.root, Password: Password{Enabled: tt.password}, MFA: tt.mfa}
		if got := r.WithoutMFA(); got != tt.expected {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

func TestTwoKeysAndUse(t *testing.T) {
	r := Row{Keys: [2]Key{{Active: Yes}, {Active: No}}}
	if r.TwoActiveKeys() != No || r.HasActiveKey() != Yes || r.UntouchedKey() != 0 {
		t.Errorf("one key: %v %v %d", r.TwoActiveKeys(), r.HasActiveKey(), r.UntouchedKey())
	}
	r.Keys[1].Active = Yes
	r.Keys[0].LastUsed = ago(t, 8*Day)
	if r.TwoActiveKeys() != Yes || r.UntouchedKey() != 1 {
		t.Errorf("two keys: %v %d", r.TwoActiveKeys(), r.UntouchedKey())
	}
	for days, want := range map[time.Duration]Answer{7: No, 8: Yes} {
		if got := r.UsedWithin(at(t, now), days*Day); got != want {
			t.Errorf("used within %d days: %v", days, got)
		}
	}
	r.Password.LastUsed = ago(t, -time.Hour) // the report is newer than the clock
	if r.UsedWithin(at(t, now), 7*Day) != Yes || (&Row{}).UsedWithin(at(t, now), 7*Day) != No {
		t.Error("use after the clock counts, none does not")
	}
}
