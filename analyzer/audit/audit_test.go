package audit

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/iamvet/iamvet/analyzer/credential"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// line is a row of a report with what differs from a user without credentials.
func line(user, created string, columns ...string) string {
	c := map[string]string{}
	for _, name := range columnsOf(reportHeader) {
		c[name] = "N/A"
	}
	for _, name := range []string{"password_enabled", "mfa_active", "access_key_1_active", "access_key_2_active", "cert_1_active", "cert_2_active"} {
		c[name] = "false"
	}
	who := "user/" + user
	if user == credential.RootName {
		who = "root"
		c["password_enabled"], c["password_last_changed"], c["password_next_rotation"] = "not_supported", "not_supported", "not_supported"
	}
	c["user"], c["arn"], c["user_creation_time"] = user, "arn:aws:iam::111122223333:"+who, created+"T00:00:00+00:00"
	for i := 0; i < len(columns); i += 2 {
		value := columns[i+1]
		if regexp.MustCompile(`^\d{4}-\d\d-\d\d$`).MatchString(value) {
			value += "T00:00:00+00:00"
		}
		c[columns[i]] = value
	}
	return joined(c)
}

// Every edge, alone: the practices that one row goes against on 2021-01-24.
// 2020-10-26 is 90 days earlier, 2020-01-25 is 365, 2016-01-26 is 1,825.
func TestEdges(t *testing.T) {
	console := []string{"password_enabled", "true", "password_last_used", "2021-01-23", "password_last_changed", "2015-01-01"}
	with := func(a []string, b ...string) []string { return append(append([]string{}, a...), b...) }
	const k1, k2 = "access_key_1_", "access_key_2_"
	for _, tt := range []struct {
		name string
		row  string
		want string
	}{
		{"nothing", line("a", "2015-01-01"), ""},
		{"with MFA", line("a", "2015-01-01", with(console, "mfa_active", "true")...), ""},
		{"without MFA", line("a", "2015-01-01", console...), "user-console-mfa"},
		{"without MFA and password", line("a", "2015-01-01", "mfa_active", "false"), ""},
		{"password never set", line("a", "2015-01-01", "password_enabled", "false", "password_last_used", "N/A", "password_last_changed", "N/A"), ""},
		{"password never used, new", line("a", "2020-12-01", "password_enabled", "true", "mfa_active", "true", "password_last_used", "no_information", "password_last_changed", "2020-12-01"), ""},
		{"password never used, old", line("a", "2020-12-01", "password_enabled", "true", "mfa_active", "true", "password_last_used", "no_information", "password_last_changed", "2020-10-26"), "user-unused-credentials"},
		{"password never used, nobody knows since", line("a", "2020-12-01", "password_enabled", "true", "mfa_active", "true"), "user-unused-credentials? user-unused-credentials-1y?"},
		{"password of May 2018", line("a", "2017-01-01", "password_enabled", "true", "mfa_active", "true", "password_last_used", "2018-05-02"), "user-unused-credentials user-unused-credentials-1y"},
		{"rotated today", line("a", "2015-01-01", k1+"active", "true", k1+"last_rotated", "2021-01-24", k1+"last_used_date", "2021-01-23"), ""},
		{"key of 90 days", line("a", "2015-01-01", k1+"active", "true", k1+"last_rotated", "2020-10-26", k1+"last_used_date", "2021-01-23"), ""},
		{"key of 91 days", line("a", "2015-01-01", k1+"active", "true", k1+"last_rotated", "2020-10-25", k1+"last_used_date", "2021-01-23"), "user-key-rotation"},
		{"key of a year and a day", line("a", "2015-01-01", k1+"active", "true", k1+"last_rotated", "2020-01-24", k1+"last_used_date", "2021-01-23"), "user-key-rotation user-key-rotation-1y"},
		{"key of five years and a day", line("a", "2015-01-01", k2+"active", "true", k2+"last_rotated", "2016-01-25", k2+"last_used_date", "2021-01-23"), "user-key-rotation user-key-rotation-1y user-key-rotation-5y"},
		{"inactive key", line("a", "2015-01-01", k1+"last_rotated", "2016-01-25"), ""},
		{"never used for 90 days", line("a", "2015-01-01", k1+"active", "true", k1+"last_rotated", "2020-10-26"), "user-unused-credentials"},
		{"never used for 89 days", line("a", "2015-01-01", k1+"active", "true", k1+"last_rotated", "2020-10-27"), ""},
		{"not used for a year", line("a", "2015-01-01", k1+"active", "true", k1+"last_rotated", "2020-12-01", k1+"last_used_date", "2020-01-25"), "user-unused-credentials user-unused-credentials-1y"},
		{"two keys, new user", line("a", "2021-01-01", k1+"active", "true", k1+"last_rotated", "2021-01-02", k2+"active", "true", k2+"last_rotated", "2021-01-03"), "user-multiple-keys"},
		{"two keys, older user", line("a", "2020-12-01", k1+"active", "true", k1+"last_rotated", "2021-01-02", k2+"active", "true", k2+"last_rotated", "2021-01-03"), "user-multiple-keys user-multiple-keys-30d"},
		{"two keys, one inactive", line("a", "2020-12-01", k1+"active", "true", k1+"last_rotated", "2021-01-02", k2+"last_rotated", "2021-01-03"), ""},
		{"key with the user", line("a", "2021-01-01", with(console, "mfa_active", "true", k1+"active", "true", k1+"last_rotated", "2021-01-01T00:00:10+00:00", k1+"last_used_date", "2021-01-05")...), "user-key-at-creation"},
		{"key eleven seconds later", line("a", "2021-01-01", with(console, "mfa_active", "true", k1+"active", "true", k1+"last_rotated", "2021-01-01T00:00:11+00:00", k1+"last_used_date", "2021-01-05")...), ""},
		{"key with a user without password", line("a", "2021-01-01", k1+"active", "true", k1+"last_rotated", "2021-01-01T00:00:01+00:00", k1+"last_used_date", "2021-01-05"), ""},
		{"inactive key with the user", line("a", "2021-01-01", with(console, "mfa_active", "true", k2+"last_rotated", "2021-01-01")...), "user-key-at-creation"},
		{"key of a console user, never used", line("a", "2021-01-01", with(console, "mfa_active", "true", k1+"active", "true", k1+"last_rotated", "2021-01-02")...), "user-key-untouched"},
		{"certificates do not count", line("a", "2015-01-01", "cert_1_active", "true", "cert_1_last_rotated", "2015-01-01"), ""},

		{"root with MFA, long ago", line(credential.RootName, "2015-01-01", "mfa_active", "true", "password_last_used", "2020-01-01"), "root-hardware-mfa?"},
		{"root never used", line(credential.RootName, "2015-01-01", "mfa_active", "true", "password_last_used", "no_information"), "root-hardware-mfa?"},
		{"root without MFA", line(credential.RootName, "2015-01-01", "password_last_used", "N/A"), "root-mfa"},
		{"root seven days ago", line(credential.RootName, "2015-01-01", "mfa_active", "true", "password_last_used", "2021-01-17"), "root-usage root-usage-120d root-hardware-mfa?"},
		{"root eight days ago", line(credential.RootName, "2015-01-01", "mfa_active", "true", "password_last_used", "2021-01-16"), "root-usage-120d root-hardware-mfa?"},
		{"root's key used", line(credential.RootName, "2015-01-01", "mfa_active", "true", k2+"active", "true", k2+"last_rotated", "2015-01-01", k2+"last_used_date", "2021-01-24"), "root-usage root-usage-120d root-access-key root-hardware-mfa?"},
		{"root's old key is no user's", line(credential.RootName, "2015-01-01", "mfa_active", "true", k1+"active", "true", k1+"last_rotated", "2015-01-01"), "root-access-key root-hardware-mfa?"},
		{"root's inactive key", line(credential.RootName, "2015-01-01", "mfa_active", "true", k1+"last_rotated", "2015-01-01"), "root-hardware-mfa?"},
		{"root, MFA not said", line(credential.RootName, "2015-01-01", "mfa_active", "not_supported"), "root-mfa? root-hardware-mfa?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tally := New(sampled)
			add(t, tally, "report.csv", reportHeader+"\n"+tt.row)
			table := tally.Table()
			var got []string
			for i, p := range table.Practices {
				switch c := table.Total[i]; {
				case c.Number == 1:
					got = append(got, p.ID)
				case c.Undetermined == 1:
					got = append(got, p.ID+"?")
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("against %q, want %q", strings.Join(got, " "), tt.want)
			}
		})
	}
}

// small is a table with everything in it that the formats print.
func small(t *testing.T) *Table {
	t.Helper()
	other := func(s string) string { return strings.ReplaceAll(s, "111122223333", "444455556666") }
	gov := func(s string) string {
		return strings.NewReplacer("111122223333", "777788889999", "arn:aws:", "arn:aws-us-gov:").Replace(s)
	}
	tally := New(sampled)
	one := reportHeader + "\n" + line(credential.RootName, "2015-01-01", "access_key_1_active", "true", "access_key_1_last_rotated", "2015-01-01", "password_last_used", "2021-01-20") +
		line("alice", "2016-01-01", "password_enabled", "true", "password_last_used", "2021-01-20", "password_last_changed", "2020-12-01") +
		line("ci", "2016-01-01", "access_key_1_active", "true", "access_key_1_last_rotated", "2016-01-01", "access_key_2_active", "true", "access_key_2_last_rotated", "2021-01-01")
	add(t, tally, "a/one.csv", one)
	add(t, tally, "b/two.csv", other(reportHeader+"\n"+line(credential.RootName, "2015-01-01", "mfa_active", "true")+line("bob", "2021-01-01")))
	add(t, tally, "b/two.json", `{"VirtualMFADevices": [{"SerialNumber": "arn:aws:iam::444455556666:mfa/root-account-mfa-device", "User": {"Arn": "arn:aws:iam::444455556666:root"}}]}`)
	add(t, tally, "c/gov.csv", gov(reportHeader+"\n"+line(credential.RootName, "2015-01-01")+line("carol", "2021-01-01", "password_enabled", "true")))
	add(t, tally, "c/again.csv", one)
	if err := tally.Add("c/broken.csv", strings.NewReader(strings.ReplaceAll(reportHeader+"\n"+"x,<b>|y\n", "111122223333", "1"))); err != nil {
		t.Fatal(err)
	}
	return tally.Table()
}

func TestFormats(t *testing.T) {
	table := small(t)
	for name, write := range map[string]func(io.Writer, *Table) error{
		"text": Text, "csv": CSV, "markdown": Markdown, "html": HTML,
		"json": func(w io.Writer, t *Table) error { return JSON(w, t, "test") },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(&b, table); err != nil {
				t.Fatal(err)
			}
			golden(t, "small."+name, b.Bytes())
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")), got) {
		t.Errorf("%s: %v; got\n%s", path, err, got)
	}
}

// Programs can read the numbers, and they are the same in each format.
func TestFormatsAgree(t *testing.T) {
	table := small(t)
	var j, c bytes.Buffer
	if err := JSON(&j, table, "test"); err != nil {
		t.Fatal(err)
	}
	var parsed struct {
		Practices []struct {
			ID     string
			Number int
			Of     int
		}
		ByAccount []struct {
			Account   string
			Practices map[string]Count
		}
	}
	if err := json.Unmarshal(j.Bytes(), &parsed); err != nil {
		t.Fatal(err)
	}
	if err := CSV(&c, table); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&c).ReadAll()
	if err != nil || len(records) != 1+len(practices)*(1+len(table.Accounts)) {
		t.Fatalf("%d records, %v", len(records), err)
	}
	for i, p := range parsed.Practices {
		if r := records[1+i]; r[0] != "all" || r[1] != p.ID || r[5] != fmt.Sprint(p.Number) || r[6] != fmt.Sprint(p.Of) {
			t.Errorf("%s: %d of %d in JSON, %v in CSV", p.ID, p.Number, p.Of, r)
		}
		sum := 0
		for _, a := range parsed.ByAccount {
			sum += a.Practices[p.ID].Number
		}
		if sum != p.Number {
			t.Errorf("%s: %d in all, %d by account", p.ID, p.Number, sum)
		}
	}
}

// The page loads nothing, and what stands in reports is text in it.
func TestPageIsSelfContained(t *testing.T) {
	tally := New(sampled)
	tally.Problem(`<script>alert(1)</script>`)
	add(t, tally, `"><img src=x>.csv`, reportHeader+"\n"+strings.Replace(line("a", "2020-01-01"), "111122223333", "x", 1))
	var b bytes.Buffer
	if err := HTML(&b, tally.Table()); err != nil {
		t.Fatal(err)
	}
	if re := regexp.MustCompile(`(?i)<script|<img|<link|https?://|url\(|@import`); re.Match(b.Bytes()) {
		t.Errorf("the page holds %q", re.FindAll(b.Bytes(), -1))
	}
}

func TestOrderOfFilesDoesNotMatter(t *testing.T) {
	f := newFleet(t, 7)
	text := func(order []int) string {
		tally := New(sampled)
		for _, i := range order {
			add(t, tally, fmt.Sprintf("%d.json", i), f.devices[i])
			add(t, tally, fmt.Sprintf("%d.csv", i), f.reports[i])
		}
		var b bytes.Buffer
		if err := JSON(&b, tally.Table(), "test"); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if text([]int{0, 1, 2, 3, 4}) != text([]int{3, 1, 4, 0, 2}) {
		t.Error("the table depends on the order of the files")
	}
}

// million is a report of so many users, made while it is read.
type million struct {
	rows []string
	next int
	left int
	buf  string
}

func newMillion(users int) *million {
	head := reportHeader + "\n" + line(credential.RootName, "2015-01-01")
	return &million{buf: head, left: users, rows: []string{
		line("alice", "2016-01-01", "password_enabled", "true", "password_last_used", "2021-01-20"),
		line("ci", "2016-01-01", "access_key_1_active", "true", "access_key_1_last_rotated", "2016-01-01"),
		line("bob", "2021-01-01"),
	}}
}

func (m *million) Read(p []byte) (int, error) {
	if m.buf == "" {
		if m.left == 0 {
			return 0, io.EOF
		}
		m.buf = m.rows[m.next]
		m.next, m.left = (m.next+1)%len(m.rows), m.left-1
	}
	n := copy(p, m.buf)
	m.buf = m.buf[n:]
	return n, nil
}

func TestConstantMemory(t *testing.T) {
	allocated := func(users int) uint64 {
		src, tally := newMillion(users), New(sampled)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := tally.Add("report.csv", src)
		runtime.ReadMemStats(&after)
		if err != nil || tally.Table().Users != users {
			t.Fatalf("%d users: %v", tally.Table().Users, err)
		}
		return after.TotalAlloc - before.TotalAlloc
	}
	short, long := allocated(3_000), allocated(60_000)
	if long > short+64<<10 {
		t.Errorf("3,000 users take %d bytes, 60,000 users %d", short, long)
	}
}

func BenchmarkMillionRows(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		tally := New(time.Now())
		if err := tally.Add("report.csv", newMillion(1_000_000)); err != nil {
			b.Fatal(err)
		}
	}
}
