package audit

import (
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
)

// shownAccounts is how many accounts text and Markdown list; JSON, CSV and HTML
// list all.
const shownAccounts = 20

// Text writes the table for people.
func Text(w io.Writer, t *Table) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, measured to %s.\n", t.size(), day(t))
	for _, base := range []Base{Accounts, Users} {
		fmt.Fprintf(&b, "\n%s\n\n", heading(base))
		rows := [][]string{{"", "practice", "number", "of", "%", "published"}}
		for i, p := range t.Practices {
			if p.Base == base {
				rows = append(rows, t.line(i, "  "))
			}
		}
		columns(&b, rows, "llrrrl")
	}
	b.WriteString("\nPublished: A Real-World Look at AWS Best Practices (Netskope, 2021), 1,143 accounts with 12,478 users.\n")
	for _, n := range t.notes() {
		b.WriteString(n + "\n")
	}
	if len(t.Accounts) > 1 {
		t.accountsText(&b)
	}
	for i, p := range t.Problems {
		if i == 0 {
			b.WriteString("\nNot counted\n\n")
		}
		b.WriteString("  " + printable(p) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// line is a practice as cells: rule, title, number, of, percent, published.
func (t *Table) line(i int, indent string) []string {
	p, c := t.Practices[i], t.Total[i]
	out := []string{p.Check, p.Title, grouped(c.Number), grouped(c.Of), c.Percent(), p.Published.String()}
	if p.Tier {
		out[0], out[1] = "", indent+p.Title
	}
	if !c.decided() {
		out[2], out[4] = "?", ""
	}
	return out
}

// decided says that the reports answer at least for one.
func (c Count) decided() bool { return c.Of == 0 || c.Undetermined < c.Of }

// String is "35 of 1,143 (3.1 %)"; "" for nil.
func (p *Published) String() string {
	switch {
	case p == nil:
		return ""
	case p.Of == 0:
		return p.Percent + " %"
	}
	return fmt.Sprintf("%s of %s (%s %%)", grouped(p.Number), grouped(p.Of), p.Percent)
}

func (t *Table) size() string {
	return fmt.Sprintf("%s with %s", counted(len(t.Accounts), "account"), counted(t.Users, "user"))
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return grouped(n) + " " + what
}

func day(t *Table) string { return t.At.UTC().Format("2006-01-02 15:04 MST") }

func heading(b Base) string {
	if b == Accounts {
		return "Root accounts"
	}
	return "IAM users"
}

// notes are what a reader of the figures has to know.
func (t *Table) notes() []string {
	var out []string
	if !t.OldestKey.IsZero() {
		out = append(out, "The oldest active key of a user dates from "+t.OldestKey.Format("2 January 2006")+".")
	}
	for i, p := range t.Practices {
		n := t.Total[i].Undetermined
		switch {
		case n == 0 || p.Tier:
		case i == hardware:
			out = append(out, fmt.Sprintf("%s: a report does not say what kind of device root has; for %s there is no list of virtual devices (aws iam list-virtual-mfa-devices).", p.Check, counted(n, "account")))
		default:
			out = append(out, fmt.Sprintf("%s: the report does not decide it for %s of the %s %s.", p.Check, grouped(n), grouped(t.Total[i].Of), p.Base))
		}
	}
	if t.Exempt > 0 {
		out = append(out, fmt.Sprintf("%s of GovCloud, which has no root user of its own, left out of the figures on root.", counted(t.Exempt, "account")))
	}
	if n := len(t.Accounts) - t.Roots - t.Exempt; n > 0 {
		out = append(out, fmt.Sprintf("No row for root in the report of %s.", counted(n, "account")))
	}
	return out
}

// headline are the places of the practices that are no tiers.
func (t *Table) headline() []int {
	var out []int
	for i, p := range t.Practices {
		if !p.Tier {
			out = append(out, i)
		}
	}
	return out
}

// worst are the accounts, those against the most practices first, then those
// with the most users against them.
func (t *Table) worst() []*Account {
	type rank struct{ practices, sum int }
	ranks := map[*Account]rank{}
	for _, a := range t.Accounts {
		var r rank
		for _, i := range t.headline() {
			if n := a.Counts[i].Number; n > 0 {
				r.practices++
				r.sum += n
			}
		}
		ranks[a] = r
	}
	out := append([]*Account(nil), t.Accounts...)
	sort.SliceStable(out, func(i, j int) bool {
		a, b := ranks[out[i]], ranks[out[j]]
		if a.practices != b.practices {
			return a.practices > b.practices
		}
		return a.sum > b.sum
	})
	return out
}

// cell is a count in a table of accounts: yes or no for root, else the number.
func (c Count) cell(b Base) string {
	switch {
	case c.Of == 0:
		return "-"
	case !c.decided():
		return "?"
	case b == Users:
		return grouped(c.Number)
	case c.Number > 0:
		return "yes"
	}
	return "no"
}

// accountRows are the accounts as cells, under a head of rule ids.
func (t *Table) accountRows(accounts []*Account) [][]string {
	head := []string{"account", "users"}
	for _, i := range t.headline() {
		head = append(head, t.Practices[i].Check)
	}
	rows := [][]string{head}
	for _, a := range accounts {
		row := []string{printable(a.ID), grouped(a.Users)}
		for _, i := range t.headline() {
			row = append(row, a.Counts[i].cell(t.Practices[i].Base))
		}
		rows = append(rows, row)
	}
	return rows
}

func (t *Table) accountsText(b *strings.Builder) {
	worst := t.worst()
	b.WriteString("\nAccounts, by the number of practices they go against\n\n")
	columns(b, t.accountRows(worst[:min(len(worst), shownAccounts)]), "lrrrrrrrrrrrr")
	if n := len(worst) - shownAccounts; n > 0 {
		fmt.Fprintf(b, "\n… and %s more: --format csv, json or html has all.\n", counted(n, "account"))
	}
}

// columns writes cells below each other: l for left, r for right.
func columns(b *strings.Builder, rows [][]string, align string) {
	width := make([]int, len(align))
	for _, row := range rows {
		for i, c := range row {
			width[i] = max(width[i], len([]rune(c)))
		}
	}
	for _, row := range rows {
		line := " "
		for i, c := range row {
			pad := strings.Repeat(" ", width[i]-len([]rune(c)))
			if align[i] == 'r' {
				line += " " + pad + c + " "
			} else {
				line += " " + c + pad + " "
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// grouped is a number with a comma at every third digit.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// printable is text of a file on a terminal, without what would move its cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '\ufffd'
		}
		return r
	}, s)
}
