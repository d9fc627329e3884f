package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/checks"
)

type fixFlags struct {
	inputFlags
	grade string
	rules []string
	yes   bool
	diff  bool
}

func (p *program) fixCommand() *cobra.Command {
	var f fixFlags
	c := &cobra.Command{
		Use:        "fix [PATH…]",
		SuggestFor: []string{"apply", "repair", "autofix"},
		Short:      "Apply the fixes that scan shows",
		Long: `Apply fixes: by default those that allow exactly what was allowed before
(equivalent), with --grade narrowing also those that allow less. Drafts, which
only a person can finish, are never applied.

On a terminal every change is shown and asked about; --yes applies all of them.
Every file is replaced at once, and none is when one of them has changed since
it was read. What waits for another fix comes after it: with --yes at once, else
run again for what is left.

Exit status: 0 when nothing is left at medium or above, 1 when something is, 2
when something could not be read or written.`,
		Example: `  iamvet fix --diff --grade narrowing . | git apply
  iamvet fix --yes --grade narrowing --rule role-session-name modules/ci`,
		RunE: func(c *cobra.Command, args []string) error { return p.fix(c.Context(), args, &f) },
	}
	f.inputFlags.add(c)
	fl := c.Flags()
	fl.StringVar(&f.grade, "grade", "equivalent", "`GRADE` to apply: equivalent, or narrowing as well")
	fl.StringArrayVar(&f.rules, "rule", nil, "`RULE` whose fixes to apply, by id or name; repeatable")
	fl.BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	fl.BoolVar(&f.diff, "diff", false, "print one unified diff, for git apply at the top of the repository, and change nothing")
	return c
}

func (p *program) fix(ctx context.Context, args []string, f *fixFlags) error {
	grade, err := fixGrade(f.grade)
	if err != nil {
		return err
	}
	only := map[*analyzer.Check]bool{}
	for _, name := range f.rules {
		c, err := rule(name)
		if err != nil {
			return err
		}
		only[c] = true
	}
	if !f.yes && !f.diff && !(p.stdinTerminal && p.stderrTerminal) {
		return errors.New("there is no terminal to ask on: add --yes to apply all fixes, or --diff to see them")
	}
	done := applied{files: map[string]bool{}}
	for first := true; ; first = false {
		before := done.fixes
		if err := p.fixOnce(ctx, args, f, grade, only, &done, first); err != nil {
			return err
		}
		// What waited for another fix may fit now, and what was a draft may be one no
		// more: MFA for a user whose key is Inactive now. A fix mends something, so this
		// ends; the bound is for those that do not.
		if !f.yes || f.diff || done.fixes == before || done.passes >= 10 {
			break
		}
	}
	if f.diff {
		return done.gaps
	}
	fmt.Fprintf(p.stdout, "%d %s applied in %d %s\n", done.fixes, plural(done.fixes, "fix", "fixes"), len(done.files), plural(len(done.files), "file", "files"))
	if done.gaps != nil {
		return done.gaps
	}
	if n := done.remain; n > 0 {
		fmt.Fprintf(p.stderr, "iamvet: %d %s left at medium or above: `iamvet scan` shows %s\n", n, plural(n, "violation", "violations"), plural(n, "it", "them"))
		return exit{exitViolations}
	}
	return nil
}

// applied is what iamvet fix has done so far.
type applied struct {
	passes, fixes int
	files         map[string]bool
	remain        int   // violations at medium or above
	gaps          error // the exit status for broken input
}

// fixOnce applies what can be applied together.
func (p *program) fixOnce(ctx context.Context, args []string, f *fixFlags, grade analyzer.Grade, only map[*analyzer.Check]bool, done *applied, first bool) error {
	f.changes = true
	in, err := p.input(args, &f.inputFlags)
	if err != nil {
		return err
	}
	if in.Boundary == nil && len(in.Gaps) > 0 {
		p.gaps(in.Gaps, p.seen(in), false)
		return exit{exitBroken}
	}
	if in.Boundary == nil {
		return errors.New("a plan alone cannot be fixed: name the directory of its configuration")
	}
	r, err := engine.Analyze(ctx, in.Input, checks.All)
	if err != nil {
		return err
	}
	if first {
		p.gaps(r.Gaps, p.seen(in), false)
	}
	chosen, left, err := p.choose(ctx, r, f, grade, only)
	if err != nil {
		return err
	}
	together, err := engine.Combine(ctx, in.Input, checks.All, chosen)
	if err != nil {
		return err
	}
	next := "run again"
	if f.yes {
		next = "it comes after that"
	}
	for _, l := range together.Left {
		of := l.Finding.Check.ID
		if l.Finding.Resource != nil {
			of += " " + l.Finding.Resource.Address
		}
		fmt.Fprintf(p.stderr, "iamvet: left: %s: %s: %s: %s\n", of, l.Fix.Message, l.Why, next)
	}
	if first && left > 0 {
		fmt.Fprintf(p.stderr, "iamvet: %d narrowing %s left: --grade narrowing applies %s\n", left, plural(left, "fix", "fixes"), plural(left, "it", "them"))
	}
	done.passes++
	p.gaps(together.Gaps, p.seen(in), false)
	r.Gaps = append(r.Gaps, together.Gaps...)
	done.gaps = gapStatus(r)
	if f.diff {
		for _, fe := range together.Edits {
			if _, err := io.WriteString(p.stdout, source.UnifiedDiff(fe.File, fe.Edits, 3)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := writeEdits(in.boundaryDir, together.Edits); err != nil {
		return err
	}
	for _, fe := range together.Edits {
		if name := fe.File.Name; !done.files[name] {
			done.files[name] = true
			fmt.Fprintf(p.stdout, "%s: fixed\n", p.seen(in).Name(name))
		}
	}
	done.fixes += len(together.Applied)
	done.remain = 0
	for _, finding := range together.Remaining {
		if finding.Verdict == analyzer.Violation && finding.Severity >= analyzer.Medium {
			done.remain++
		}
	}
	return nil
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// gapStatus is the exit status for broken input, nil when there was none.
func gapStatus(r *analyzer.Report) error {
	bare := *r
	bare.Findings, bare.Undetermined = nil, nil
	return status(&bare, analyzer.Critical, false)
}

func fixGrade(name string) (analyzer.Grade, error) {
	for _, g := range []analyzer.Grade{analyzer.Equivalent, analyzer.Narrowing} {
		if g.String() == name {
			return g, nil
		}
	}
	return 0, fmt.Errorf("--grade %s: equivalent or narrowing", name)
}

// choose picks a fix of each finding, asking where there is somebody to ask: once
// about each diff, for one text may be what several findings are about. left
// counts the fixes that only the grade keeps out.
func (p *program) choose(ctx context.Context, r *analyzer.Report, f *fixFlags, grade analyzer.Grade, only map[*analyzer.Check]bool) (chosen []analyzer.Chosen, left int, err error) {
	lines := bufio.NewReader(p.stdin)
	all := f.yes || f.diff
	wanted := map[string]bool{} // by diff, what was answered
	for _, finding := range analyzer.Every(r.Findings) {
		if len(only) > 0 && !only[finding.Check] {
			continue
		}
		fix, narrower := applicable(finding, grade)
		if fix == nil {
			if narrower {
				left++
			}
			continue
		}
		yes, asked := wanted[fix.Diff]
		if !asked && !all {
			fmt.Fprintf(p.stderr, "%s %s\n%s\n%s\n%s", finding.Check.ID, finding.Check.Name,
				p.wrapped(finding.Message), p.wrapped(fix.Message+" ("+fix.Grade.String()+")"), fix.Diff)
			answer, err := p.answer(ctx, lines, finding)
			if err != nil {
				return nil, 0, err
			}
			switch answer {
			case "y", "yes":
				yes = true
			case "a", "all":
				all = true
			case "q", "quit":
				return worstFirst(chosen), left, nil
			}
			wanted[fix.Diff] = yes || all
		}
		if yes || all && !asked {
			chosen = append(chosen, analyzer.Chosen{Finding: finding, Fix: fix})
		}
	}
	return worstFirst(chosen), left, nil
}

// answer asks about a fix until there is an answer, and says what the answers do where
// that is asked.
func (p *program) answer(ctx context.Context, lines *bufio.Reader, f *analyzer.Finding) (string, error) {
	for {
		fmt.Fprint(p.stderr, "Apply? [y]es, [n]o, [a]ll, [q]uit, [?]: ")
		line, err := readLine(ctx, lines)
		if err != nil {
			return "", err
		}
		answer := strings.ToLower(strings.TrimSpace(line))
		if answer != "?" && answer != "h" && answer != "help" {
			return answer, nil
		}
		fmt.Fprintf(p.stderr, `y  apply this one
n  leave it, and go on; so does any other answer
a  apply this one and all that come
q  apply what was answered with y so far, and ask no more
?  this
Nothing is written before the last question is answered.
What the rule is about: iamvet explain %s
`, f.Check.ID)
	}
}

// wrapped is text in lines that fit on the terminal.
func (p *program) wrapped(text string) string {
	if p.columns == 0 {
		return text
	}
	return report.Wrap(text, p.columns)
}

// worstFirst puts the fixes of the worse findings before others: of two that change
// the same text the first stands.
func worstFirst(chosen []analyzer.Chosen) []analyzer.Chosen {
	slices.SortStableFunc(chosen, func(a, b analyzer.Chosen) int { return cmp.Compare(b.Finding.Severity, a.Finding.Severity) })
	return chosen
}

// applicable is the first fix of a finding of the grade or a better one. narrower
// says that there is one which only the grade keeps out.
func applicable(f *analyzer.Finding, grade analyzer.Grade) (fix *analyzer.Fix, narrower bool) {
	for _, x := range f.Fixes {
		if x.Grade >= grade {
			return x, false
		}
		narrower = narrower || x.Grade == analyzer.Narrowing
	}
	return nil, narrower
}

// readLine reads a line, or ends when ctx does: a terminal that waits for an answer
// has to let go of an interrupt.
func readLine(ctx context.Context, r *bufio.Reader) (string, error) {
	type answer struct {
		line string
		err  error
	}
	read := make(chan answer, 1)
	go func() {
		line, err := r.ReadString('\n')
		read <- answer{line, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case a := <-read:
		if a.err != nil {
			return "", errors.New("no answer: nothing was changed")
		}
		return a.line, nil
	}
}
