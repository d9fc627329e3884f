// Package audit counts what credential reports say about good practice, and
// prints the table that the two articles "A Real-World Look at AWS Best
// Practices" print for 1,143 accounts, next to their figures.
//
// Nothing is kept but numbers: a Tally of any number of rows takes as much
// memory as there are accounts, and no name of a user is in it.
package audit

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"time"

	"github.com/iamvet/iamvet/analyzer/credential"
)

// Count is how many of what is counted go against a practice.
type Count struct {
	Number int `json:"number"`
	Of     int `json:"of"`
	// Undetermined are those of Of that the report does not decide.
	Undetermined int `json:"undetermined"`
}

func (c *Count) add(o Count) {
	c.Number += o.Number
	c.Of += o.Of
	c.Undetermined += o.Undetermined
}

// Percent is the number of a hundred, with one decimal; "" of none.
func (c Count) Percent() string {
	if c.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", 100*float64(c.Number)/float64(c.Of))
}

// Account is the table of one account.
type Account struct {
	// ID is 12 digits, or the name of the file where the ARNs name no account.
	ID        string
	Partition string
	Users     int
	Root      bool    // the report has a row for root
	Counts    []Count // in the order of Table.Practices

	file     string
	virtual  bool // root's MFA device is
	listed   bool // virtual devices were listed
	foreign  string
	exempted bool
}

// Table is the result.
type Table struct {
	At        time.Time // what ages are measured to
	Practices []Practice
	Accounts  []*Account // by id
	Total     []Count    // in the order of Practices
	Users     int
	Roots     int       // accounts whose root user counts
	OldestKey time.Time // of the active ones; zero when there is none
	// Problems are what could not be read, in order.
	Problems []string
	// Exempt are accounts of GovCloud, which have no root user of their own.
	Exempt int
}

// maxProblems is how many broken rows of one file are named.
const maxProblems = 20

// Tally counts.
type Tally struct {
	now      time.Time
	accounts map[string]*Account
	oldest   time.Time
	problems []string
	govCloud []string
}

// New begins a count, with ages measured to now.
func New(now time.Time) *Tally { return &Tally{now: now, accounts: map[string]*Account{}} }

// GovCloud names accounts of GovCloud, beside those whose ARNs say so.
func (t *Tally) GovCloud(accounts []string) { t.govCloud = accounts }

// Add counts one file: a credential report in any form that it is saved in, or
// the list of an account's virtual MFA devices. What cannot be read is a problem
// in the table. The error is for a file that is neither.
func (t *Tally) Add(name string, r io.Reader) error {
	src, _, err := credential.Unzipped(r)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if head, _ := src.Peek(512); credential.ListsDevices(head) {
		d, err := credential.ReadDevices(name, src)
		if err != nil {
			return err
		}
		if d.Account != "" {
			a := t.account(d.Account)
			a.listed, a.virtual = true, a.virtual || d.Root
		}
		return nil
	}
	rows, err := credential.NewReader(name, src)
	if err != nil {
		return err
	}
	rows.NoNames = true
	broken := 0
	err = rows.All(func(row *credential.Row) error {
		t.row(name, row)
		return nil
	}, func(e *credential.RowError) {
		if broken++; broken <= maxProblems {
			t.problems = append(t.problems, e.Error())
		}
	})
	if broken > maxProblems {
		t.problems = append(t.problems, fmt.Sprintf("%s: %d more rows cannot be read", name, broken-maxProblems))
	}
	return err
}

func (t *Tally) account(id string) *Account {
	a := t.accounts[id]
	if a == nil {
		a = &Account{ID: id, Counts: make([]Count, len(practices))}
		t.accounts[id] = a
	}
	return a
}

func (t *Tally) row(file string, row *credential.Row) {
	id := row.Account
	if id == "" {
		id = file
	}
	a := t.account(id)
	if a.file == "" {
		a.file, a.Partition = file, row.Partition
	}
	switch {
	case a.file != file:
		if a.foreign != file {
			a.foreign = file
			t.problems = append(t.problems, fmt.Sprintf("%s: account %s is in %s already: its rows here are not counted", file, id, a.file))
		}
		return
	case row.Root && a.Root:
		t.problems = append(t.problems, fmt.Sprintf("%s:%d: account %s has a second row for root, which is not counted", file, row.Line, id))
		return
	case row.Root:
		a.Root = true
	default:
		a.Users++
		t.age(row)
	}
	if row.Root && (row.Partition == "aws-us-gov" || slices.Contains(t.govCloud, row.Account)) {
		a.exempted = true
		return
	}
	for i := range practices {
		p := &practices[i]
		if (p.Base == Accounts) == row.Root {
			a.Counts[i].add(t.ask(p, row))
		}
	}
}

func (t *Tally) ask(p *practice, row *credential.Row) Count {
	if p.of != nil && p.of(row, t.now) != credential.Yes {
		return Count{}
	}
	switch p.is(row, t.now) {
	case credential.Yes:
		return Count{Number: 1, Of: 1}
	case credential.No:
		return Count{Of: 1}
	}
	return Count{Of: 1, Undetermined: 1}
}

func (t *Tally) age(row *credential.Row) {
	for _, k := range row.Keys {
		if k.Active == credential.Yes && !k.Rotated.IsZero() && (t.oldest.IsZero() || k.Rotated.Before(t.oldest)) {
			t.oldest = k.Rotated
		}
	}
}

// Problem records what could not be read.
func (t *Tally) Problem(text string) { t.problems = append(t.problems, text) }

// Table is what was counted so far.
func (t *Tally) Table() *Table {
	out := &Table{At: t.now, OldestKey: t.oldest, Problems: t.problems, Total: make([]Count, len(practices))}
	for _, p := range practices {
		out.Practices = append(out.Practices, p.Practice)
	}
	for _, a := range t.accounts {
		if a.file != "" { // else only its devices are known
			out.Accounts = append(out.Accounts, a)
		}
	}
	sort.Slice(out.Accounts, func(i, j int) bool { return out.Accounts[i].ID < out.Accounts[j].ID })
	for _, a := range out.Accounts {
		if c := &a.Counts[hardware]; a.listed && c.Undetermined > 0 {
			c.Undetermined = 0
			if a.virtual {
				c.Number = 1
			}
		}
		for i, c := range a.Counts {
			out.Total[i].add(c)
		}
		out.Users += a.Users
		switch {
		case a.exempted:
			out.Exempt++
		case a.Root:
			out.Roots++
		}
	}
	return out
}
