package main

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

// result is a case that was measured.
type result struct {
	benchCase
	said        string        // by iamvet, of what it looked at
	contestants []*contestant // the scan first
}

// named is a contestant, nil where there is none of that name.
func (r *result) named(name string) *contestant {
	if r == nil {
		return nil
	}
	for _, c := range r.contestants {
		if c.name == name {
			return c
		}
	}
	return nil
}

// scanName is the contestant that all others are compared with.
const scanName = "iamvet scan"

// table writes a case as a table.
func (r *result) table(w io.Writer) {
	fmt.Fprintf(w, "### %s: %s\n\n%s\n\n", r.name, r.title, r.said)
	fmt.Fprintln(w, "| | wall | CPU | peak memory | allocated | allocations | iamvet scan against it |")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|--:|")
	for i, c := range r.contestants {
		against := ""
		if i > 0 {
			against = fmt.Sprintf("%.2f", r.contestants[0].against(c))
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s |\n", c.name, seconds(c.wall()), seconds(c.cpu()), mebibytes(c.peak()), mebibytes(c.allocated), thousands(c.allocations), against)
	}
	fmt.Fprintln(w)
}

func seconds(d time.Duration) string {
	if d < 100*time.Millisecond {
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

func mebibytes(n int64) string {
	switch {
	case n == 0:
		return "–"
	case n < 100<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

func thousands(n int64) string {
	switch {
	case n == 0:
		return "–"
	case n < 10_000:
		return strconv.FormatInt(n, 10)
	}
	return fmt.Sprintf("%dk", (n+500)/1000)
}

// targets writes what was wanted of the cases that were measured, and what came.
func targets(w io.Writer, results map[string]*result, s size) {
	begun := false
	row := func(what, target, format string, measured ...any) {
		if !begun {
			fmt.Fprint(w, "### Targets\n\n| what | measured | target |\n|---|--:|--:|\n")
			begun = true
		}
		fmt.Fprintf(w, "| %s | %s | %s |\n", what, fmt.Sprintf(format, measured...), target)
	}
	scan := func(name string) *contestant { return results[name].named(scanName) }
	ratio := func(name string, other rival, what, target string) {
		if c, o := scan(name), results[name].named(other.name); c != nil && o != nil {
			row(what, target, "%.2f", c.against(o))
		}
	}
	ratio("dense", parsing, "dense in identity: wall against a bare parse", "≤ 2")
	if c := scan("dense"); c != nil {
		row("the same, peak memory", "≤ 150 MiB", "%s", mebibytes(c.peak()))
	}
	ratio("sparse", parsing, "identity in one file of fifty: wall against a bare parse", "≤ 0.25")
	ratio("none", reading, "no identity code: wall against reading", "≤ 1.5")
	ratio("module", starting, "one small module: wall against `iamvet version`", "≤ 3")
	for _, name := range []string{"hook", "hook-read"} {
		if c, o := scan(name), results[name].named(status.name); c != nil && o != nil {
			row(results[name].title+": wall beyond a bare `git status`", "< 300 ms", "%s", seconds(c.wall()-o.wall()))
		}
	}
	if few, many := scan("dense-few"), scan("dense"); few != nil && many != nil {
		perRoot := func(of func(*contestant) float64) float64 {
			return of(many) / float64(s.roots) / (of(few) / float64(s.fewRoots))
		}
		what := fmt.Sprintf("%d → %d root modules: %%s of each", s.fewRoots, s.roots)
		row(fmt.Sprintf(what, "CPU"), "0.90–1.10 ×", "%.2f ×", perRoot(func(c *contestant) float64 { return float64(c.cpu()) }))
		if few.allocated > 0 {
			row(fmt.Sprintf(what, "bytes allocated"), "0.90–1.10 ×", "%.2f ×", perRoot(func(c *contestant) float64 { return float64(c.allocated) }))
		}
	}
	if c, one := scan("dense"), results["dense"].named(oneCore.name); c != nil && one != nil && c.procs == 2 {
		gain := one.against(c)
		row("two cores against one", "≥ 1.6", "%.2f", gain)
		row("what of it runs on one core alone (Amdahl)", "≤ 10 %", "%.0f %%", 100*max(0, 2/gain-1))
	}
	ratio("plan", jsonToken, "a plan of 200 MB: wall against a token pass", "≤ 2")
	if c := scan("plan"); c != nil {
		row("the same, peak memory", "≤ 128 MiB", "%s", mebibytes(c.peak()))
	}
	if c := scan("state"); c != nil {
		row("a state of 48 MB: wall", "≤ 3 s", "%s", seconds(c.wall()))
		row("the same, peak memory", "≤ 256 MiB", "%s", mebibytes(c.peak()))
	}
	if begun {
		fmt.Fprintln(w)
	}
}
