package audit

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Version is what JSON names as the program that counted.
type Version string

type (
	jsonTable struct {
		Iamvet    string         `json:"iamvet"`
		Schema    int            `json:"schemaVersion"` // see report.SchemaVersion
		At        string         `json:"at"`
		Accounts  int            `json:"accounts"`
		Users     int            `json:"users"`
		OldestKey string         `json:"oldestKey,omitempty"`
		Practices []jsonPractice `json:"practices"`
		ByAccount []jsonAccount  `json:"byAccount"`
		Problems  []string       `json:"problems"`
	}
	jsonPractice struct {
		ID    string `json:"id"`
		Check string `json:"check"`
		Title string `json:"title"`
		Base  string `json:"base"`
		Tier  bool   `json:"tier"`
		Count
		Percent   *float64       `json:"percent"` // null of none
		Published *jsonPublished `json:"published,omitempty"`
	}
	jsonPublished struct {
		Number  int     `json:"number,omitempty"`
		Of      int     `json:"of,omitempty"`
		Percent float64 `json:"percent"`
	}
	jsonAccount struct {
		Account   string           `json:"account"`
		Partition string           `json:"partition,omitempty"`
		Users     int              `json:"users"`
		Root      bool             `json:"root"`
		Practices map[string]Count `json:"practices"`
	}
)

// JSON writes the table as one object. Its shape is a contract: members are
// added, never renamed or removed.
func JSON(w io.Writer, t *Table, version Version) error {
	out := jsonTable{Iamvet: string(version), Schema: 1, At: t.At.UTC().Format(time.RFC3339), Accounts: len(t.Accounts), Users: t.Users,
		Practices: []jsonPractice{}, ByAccount: []jsonAccount{}, Problems: append([]string{}, t.Problems...)}
	if !t.OldestKey.IsZero() {
		out.OldestKey = t.OldestKey.Format(time.RFC3339)
	}
	for i, p := range t.Practices {
		row := jsonPractice{ID: p.ID, Check: p.Check, Title: p.Title, Base: p.Base.String(), Tier: p.Tier, Count: t.Total[i], Percent: number(t.Total[i].Percent())}
		if p.Published != nil {
			row.Published = &jsonPublished{p.Published.Number, p.Published.Of, *number(p.Published.Percent)}
		}
		out.Practices = append(out.Practices, row)
	}
	for _, a := range t.Accounts {
		row := jsonAccount{a.ID, a.Partition, a.Users, a.Root, map[string]Count{}}
		for i, c := range a.Counts {
			row.Practices[t.Practices[i].ID] = c
		}
		out.ByAccount = append(out.ByAccount, row)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// number is a percentage as one; nil for "".
func number(percent string) *float64 {
	f, err := strconv.ParseFloat(percent, 64)
	if err != nil {
		return nil
	}
	return &f
}

// CSV writes a line for each practice, of all accounts together (account is
// "all") and then of each.
func CSV(w io.Writer, t *Table) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"account", "practice", "check", "title", "base", "number", "of", "percent", "undetermined", "published_number", "published_of", "published_percent"}}
	add := func(account string, i int, n Count) {
		p := t.Practices[i]
		row := []string{account, p.ID, p.Check, p.Title, p.Base.String(), strconv.Itoa(n.Number), strconv.Itoa(n.Of), n.Percent(), strconv.Itoa(n.Undetermined), "", "", ""}
		if p.Published != nil {
			row[11] = p.Published.Percent
			if p.Published.Of > 0 {
				row[9], row[10] = strconv.Itoa(p.Published.Number), strconv.Itoa(p.Published.Of)
			}
		}
		rows = append(rows, row)
	}
	for i, n := range t.Total {
		add("all", i, n)
	}
	for _, a := range t.Accounts {
		for i, n := range a.Counts {
			add(noFormula(a.ID), i, n)
		}
	}
	return c.WriteAll(rows)
}

// noFormula is a cell that no spreadsheet evaluates.
func noFormula(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// Markdown writes the table for a ticket or a job's summary.
func Markdown(w io.Writer, t *Table) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## Credential reports of %s\n\nMeasured to %s.\n", t.size(), day(t))
	for _, base := range []Base{Accounts, Users} {
		fmt.Fprintf(&b, "\n### %s\n\n", heading(base))
		rows := [][]string{{"Rule", "Practice", "Number", "Of", "%", "Published"}}
		for i, p := range t.Practices {
			if p.Base == base {
				rows = append(rows, t.line(i, "… "))
			}
		}
		markdown(&b, rows, "llrrrl")
	}
	b.WriteString("\nPublished: *A Real-World Look at AWS Best Practices* (Netskope, 2021), 1,143 accounts with 12,478 users.\n")
	for _, n := range t.notes() {
		b.WriteString("\n" + n + "\n")
	}
	if worst := t.worst(); len(worst) > 1 {
		b.WriteString("\n### Accounts\n\n")
		markdown(&b, t.accountRows(worst[:min(len(worst), shownAccounts)]), "lrrrrrrrrrrrr")
		if n := len(worst) - shownAccounts; n > 0 {
			fmt.Fprintf(&b, "\n… and %s more.\n", counted(n, "account"))
		}
	}
	for i, p := range t.Problems {
		if i == 0 {
			b.WriteString("\n### Not counted\n\n")
		}
		b.WriteString("- " + escapeMarkdown(p) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func markdown(b *strings.Builder, rows [][]string, align string) {
	for i, row := range rows {
		b.WriteString("|")
		for _, c := range row {
			b.WriteString(" " + escapeMarkdown(c) + " |")
		}
		b.WriteString("\n")
		if i > 0 {
			continue
		}
		b.WriteString("|")
		for j := range row {
			if align[j] == 'r' {
				b.WriteString("---:|")
			} else {
				b.WriteString("---|")
			}
		}
		b.WriteString("\n")
	}
}

var markdownEscapes = strings.NewReplacer("|", `\|`, "<", "&lt;", "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`,
	"@", "@\u200b", "#", "#\u200b", "~", `\~`, "://", ":\u200b//", "www.", "www\u200b.", ">", "&gt;", "!", `\!`)

func escapeMarkdown(s string) string { return markdownEscapes.Replace(printable(s)) }
