package audit

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strconv"
)

//go:embed page.html
var page string

var pageTemplate = template.Must(template.New("page").Parse(page))

type (
	pageData struct {
		Size, At string
		Groups   []pageGroup
		Notes    []string
		Accounts [][]string // the first is the head
		Legend   []pageLine // what the rule ids in the head mean
		Problems []string
	}
	pageGroup struct {
		Title string
		Lines []pageLine
	}
	pageLine struct {
		Check, Title, Number, Of, Percent, Published string
		Tier, Worse                                  bool
		// Bar and Mark are the percentages, for the width of the bar and the place
		// of the mark; "" for none.
		Bar, Mark string
	}
)

// HTML writes one page that needs nothing but itself: no scripts, no fonts, no
// pictures from elsewhere.
func HTML(w io.Writer, t *Table) error {
	data := pageData{Size: t.size(), At: day(t), Notes: t.notes()}
	for _, base := range []Base{Accounts, Users} {
		g := pageGroup{Title: heading(base)}
		for i, p := range t.Practices {
			if p.Base != base {
				continue
			}
			l := t.pageLine(i)
			g.Lines = append(g.Lines, l)
			if !p.Tier {
				data.Legend = append(data.Legend, l)
			}
		}
		data.Groups = append(data.Groups, g)
	}
	if len(t.Accounts) > 1 {
		data.Accounts = t.accountRows(t.worst())
	}
	for _, p := range t.Problems {
		data.Problems = append(data.Problems, printable(p))
	}
	return pageTemplate.Execute(w, data)
}

func (t *Table) pageLine(i int) pageLine {
	cells := t.line(i, "")
	p := t.Practices[i]
	l := pageLine{Check: p.Check, Title: p.Title, Number: cells[2], Of: cells[3], Percent: cells[4], Published: cells[5], Tier: p.Tier, Bar: cells[4]}
	if p.Published != nil {
		l.Mark = p.Published.Percent
		ours, err := strconv.ParseFloat(l.Bar, 64)
		published := *number(l.Mark)
		l.Worse = err == nil && ours > published
	}
	if l.Percent != "" {
		l.Percent = fmt.Sprintf("%s %%", l.Percent)
	}
	return l
}
