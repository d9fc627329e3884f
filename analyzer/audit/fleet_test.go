package audit

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/iamvet/iamvet/analyzer/credential"
)

// sampled is the day of the articles' sample.
var sampled = time.Date(2021, 1, 24, 0, 0, 0, 0, time.UTC)

const (
	fleetAccounts = 1143
	fleetUsers    = 12478
)

// person is a user of the fleet and what is planted with them.
type person struct {
	created     time.Duration // before the sample
	twoKeys     bool
	keyAge      time.Duration // of the active key; 0 for no key that is older than 90 days
	youngKey    bool
	atCreation  bool
	unused      time.Duration // 0 for none
	console     bool
	mfa         bool
	unusedByKey bool
}

type fleet struct {
	r       *rand.Rand
	people  []*person
	byAge   [4][]*person // up to 30, 90, 365 days, older
	reports []string     // by account
	devices []string     // lists of virtual devices, by account
}

func days(n float64) time.Duration { return time.Duration(n * float64(credential.Day)) }

func (f *fleet) between(from, to float64) time.Duration {
	return days(from + f.r.Float64()*(to-from)).Truncate(time.Second)
}

// pick is n of the people that fit, at random. The fleet is broken if there are
// fewer.
func (f *fleet) pick(t *testing.T, n int, from []*person, fits func(*person) bool) []*person {
	t.Helper()
	var out []*person
	for _, i := range f.r.Perm(len(from)) {
		if len(out) < n && fits(from[i]) {
			out = append(out, from[i])
		}
	}
	if len(out) != n {
		t.Fatalf("%d people of %d", len(out), n)
	}
	return out
}

// newFleet plants the articles' counts.
func newFleet(t *testing.T, seed int64) *fleet {
	f := &fleet{r: rand.New(rand.NewSource(seed))}
	for i, group := range []struct {
		n        int
		from, to float64
	}{{378, 0.1, 30}, {705, 30.1, 90}, {3394, 90.1, 365}, {8001, 366, 3000}} {
		for range group.n {
			p := &person{created: f.between(group.from, group.to), console: f.r.Intn(2) == 0, mfa: f.r.Intn(2) == 0, youngKey: f.r.Intn(3) == 0}
			f.byAge[i] = append(f.byAge[i], p)
			f.people = append(f.people, p)
		}
	}
	young, old := append(append([]*person{}, f.byAge[0]...), f.byAge[1]...), f.byAge[3]
	settled := append(append([]*person{}, f.byAge[2]...), old...) // for more than 90 days
	any := func(*person) bool { return true }
	for i, n := range []int{31, 79, 275, 445} {
		for _, p := range f.pick(t, n, f.byAge[i], any) {
			p.twoKeys = true
		}
	}
	noOldKey := func(p *person) bool { return p.keyAge == 0 }
	for i, p := range f.pick(t, 245, old, noOldKey) {
		p.created, p.keyAge = f.between(2100, 3000), f.between(1825.5, 2000)
		if i == 0 { // the oldest key of all is from August 2011
			p.keyAge = sampled.Sub(time.Date(2011, 8, 15, 0, 0, 0, 0, time.UTC))
			p.created = p.keyAge + days(40)
		}
	}
	for _, p := range f.pick(t, 4931-245, old, noOldKey) {
		p.keyAge = min(f.between(365.5, 1824), p.created-time.Hour)
	}
	for _, p := range f.pick(t, 7580-4931, settled, noOldKey) {
		p.keyAge = min(f.between(90.05, 364), p.created-time.Minute)
	}
	for _, p := range f.pick(t, 3549, old, any) {
		p.unused = f.between(365, 366) // after a year and not before: everybody here is older
		p.unusedByKey = p.keyAge >= p.unused && f.r.Intn(2) == 0
		p.console = p.console || !p.unusedByKey
	}
	for _, p := range f.pick(t, 6211-3549, settled, func(p *person) bool { return p.unused == 0 }) {
		p.unused = min(f.between(90, 364), p.created-time.Second)
		p.unusedByKey = p.keyAge >= p.unused && f.r.Intn(2) == 0
		p.console = p.console || !p.unusedByKey
	}
	for _, p := range f.pick(t, 1331, append(young, settled...), func(p *person) bool { return !p.twoKeys }) {
		p.atCreation, p.console = true, true
	}
	for _, p := range f.people {
		p.mfa = p.mfa || p.console
	}
	for _, p := range f.pick(t, 773, f.people, func(p *person) bool { return p.console }) {
		p.mfa = false
	}
	f.write(t)
	return f
}

func stamp(ago time.Duration) string {
	return sampled.Add(-ago).Truncate(time.Second).Format("2006-01-02T15:04:05+00:00")
}

// row is a person as the report has them.
func (f *fleet) row(p *person, account string, n int) string {
	c := map[string]string{}
	for _, name := range columnsOf(reportHeader) {
		c[name] = "N/A"
	}
	c["user"], c["arn"] = fmt.Sprintf("user-%d", n), fmt.Sprintf("arn:aws:iam::%s:user/team/user-%d", account, n)
	c["user_creation_time"] = stamp(p.created)
	c["password_enabled"], c["mfa_active"] = fmt.Sprint(p.console), fmt.Sprint(p.mfa)
	c["access_key_1_active"], c["access_key_2_active"], c["cert_1_active"], c["cert_2_active"] = "false", "false", "false", "false"
	recent := f.between(0, min(80, p.created.Hours()/24))
	if p.console {
		c["password_last_used"], c["password_last_changed"] = stamp(recent), stamp(p.created)
		if p.unused > 0 && !p.unusedByKey {
			c["password_last_used"] = stamp(p.unused)
			if f.r.Intn(2) == 0 { // never used since it was set
				c["password_last_used"], c["password_last_changed"] = "no_information", stamp(p.unused)
			}
		}
	}
	key := func(slot int, age time.Duration, used string) {
		prefix := fmt.Sprintf("access_key_%d_", slot)
		c[prefix+"active"], c[prefix+"last_rotated"], c[prefix+"last_used_date"] = "true", stamp(age), used
	}
	// A key that is younger than 90 days and not from the user's first seconds.
	fresh := min(f.between(0.5, 89), p.created-20*time.Second)
	switch {
	case p.keyAge > 0 && p.unusedByKey:
		key(1, p.keyAge, stamp(p.unused))
	case p.keyAge > 0:
		key(1, p.keyAge, stamp(min(recent, p.keyAge)))
	case p.twoKeys || p.youngKey:
		key(1, fresh, []string{"N/A", stamp(fresh / 2)}[f.r.Intn(2)])
	}
	if p.twoKeys {
		key(2, fresh, stamp(fresh/2))
	}
	if p.atCreation { // a key that was switched off, or never on, still has its date
		c["access_key_2_active"], c["access_key_2_last_rotated"] = "false", stamp(p.created-time.Duration(f.r.Intn(11))*time.Second)
	}
	return joined(c)
}

const reportHeader = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated"

func columnsOf(header string) []string { return strings.Split(header, ",") }

func joined(c map[string]string) string {
	var out []string
	for _, name := range columnsOf(reportHeader) {
		out = append(out, c[name])
	}
	return strings.Join(out, ",") + "\n"
}

// write spreads the people over the accounts and gives each its root user.
func (f *fleet) write(t *testing.T) {
	accounts := f.r.Perm(fleetAccounts)
	used, recent := map[int]bool{}, map[int]bool{}
	withKey, withoutMFA, virtual := map[int]bool{}, map[int]bool{}, map[int]bool{}
	mark := func(set map[int]bool, n int, fits func(int) bool) {
		for _, i := range f.r.Perm(fleetAccounts) {
			if len(set) < n && fits(i) {
				set[i] = true
			}
		}
		if len(set) != n {
			t.Fatalf("%d accounts of %d", len(set), n)
		}
	}
	any := func(int) bool { return true }
	mark(used, 171, any) // 15 % over four months
	mark(recent, 35, func(i int) bool { return used[i] })
	mark(withKey, 49, any)
	mark(withoutMFA, 111, any)
	mark(virtual, 94, func(i int) bool { return !withoutMFA[i] })
	rows := make([]strings.Builder, fleetAccounts)
	for n, i := range f.r.Perm(len(f.people)) {
		a := accounts[f.r.Intn(fleetAccounts)]
		rows[a].WriteString(f.row(f.people[i], accountID(a), n))
	}
	for i := range fleetAccounts {
		c := map[string]string{}
		for _, name := range columnsOf(reportHeader) {
			c[name] = "N/A"
		}
		c["user"], c["arn"], c["user_creation_time"] = credential.RootName, "arn:aws:iam::"+accountID(i)+":root", stamp(days(4000))
		c["password_enabled"], c["password_last_changed"], c["password_next_rotation"] = "not_supported", "not_supported", "not_supported"
		c["password_last_used"] = []string{"no_information", stamp(f.between(121, 900))}[f.r.Intn(2)]
		if used[i] {
			c["password_last_used"] = stamp(f.between(8, 119))
		}
		c["access_key_1_active"], c["access_key_2_active"] = "false", "false"
		if withKey[i] {
			slot := fmt.Sprintf("access_key_%d_", 1+f.r.Intn(2))
			c[slot+"active"], c[slot+"last_rotated"] = "true", stamp(days(2000))
		}
		if recent[i] {
			c["password_last_used"] = stamp(f.between(0, 7))
		}
		c["mfa_active"] = fmt.Sprint(!withoutMFA[i])
		f.reports = append(f.reports, reportHeader+"\n"+joined(c)+rows[i].String())
		f.devices = append(f.devices, deviceList(accountID(i), virtual[i]))
	}
}

func accountID(i int) string { return fmt.Sprintf("%012d", 100000000000+7*int64(i)) }

func deviceList(account string, root bool) string {
	device := func(name, user string) string {
		return fmt.Sprintf(`{"SerialNumber": "arn:aws:iam::%s:mfa/%s", "User": {"Arn": "arn:aws:iam::%s:%s"}, "EnableDate": "2020-01-01T00:00:00+00:00"}`, account, name, account, user)
	}
	list := []string{device("alice", "user/alice")}
	if root {
		list = append(list, device("root-account-mfa-device", "root"))
	}
	return `{"VirtualMFADevices": [` + strings.Join(list, ", ") + `]}`
}

// The table of the articles comes out of a fleet that their counts are planted
// in, figure by figure.
func TestFleet(t *testing.T) {
	f := newFleet(t, 1143)
	tally := New(sampled)
	for i := range f.reports {
		add(t, tally, fmt.Sprintf("%d.csv", i), f.reports[i])
		add(t, tally, fmt.Sprintf("%d.json", i), f.devices[i])
	}
	table := tally.Table()
	if len(table.Problems) > 0 {
		t.Fatal(table.Problems[0])
	}
	if len(table.Accounts) != fleetAccounts || table.Users != fleetUsers || table.Roots != fleetAccounts {
		t.Errorf("%d accounts, %d users, %d root users", len(table.Accounts), table.Users, table.Roots)
	}
	compared := 0
	for i, p := range table.Practices {
		got, want := table.Total[i], p.Published
		if got.Undetermined > 0 {
			t.Errorf("%s: %d undetermined", p.ID, got.Undetermined)
		}
		if want == nil {
			continue
		}
		compared++
		if want.Of == 0 {
			want = &Published{171, fleetAccounts, "15.0"}
		}
		if got.Number != want.Number || got.Of != want.Of {
			t.Errorf("%s: %d of %d, want %d of %d", p.ID, got.Number, got.Of, want.Number, want.Of)
		}
		// The article rounds 39.5 to 40, and prints 60.8 for 60.747.
		if p.ID != "user-key-rotation-1y" && p.ID != "user-key-rotation" && got.Percent() != want.Percent {
			t.Errorf("%s: %s %%, want %s", p.ID, got.Percent(), want.Percent)
		}
	}
	if compared != 16 || table.OldestKey.Format("2006-01") != "2011-08" {
		t.Errorf("%d figures compared, oldest key from %v", compared, table.OldestKey)
	}
	// 31 of the 830 with two keys are younger than 30 days.
	if young := count(table, "user-multiple-keys").Number - count(table, "user-multiple-keys-30d").Number; young != 31 {
		t.Errorf("%d users with two keys in their first 30 days", young)
	}
}

func add(t *testing.T, tally *Tally, name, text string) {
	t.Helper()
	if err := tally.Add(name, strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
}

func count(table *Table, id string) Count {
	for i, p := range table.Practices {
		if p.ID == id {
			return table.Total[i]
		}
	}
	return Count{-1, -1, -1}
}
