// Package solver runs an SMT solver that is installed: z3 or cvc5.
package solver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// ErrNone says that no solver is installed.
var ErrNone = errors.New("neither z3 nor cvc5 is installed")

// A Solver is one process, which answers one script after the other.
type Solver struct {
	Name  string
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Scanner
}

// arguments make the solvers read from their input, and give up on one question
// after a minute.
var arguments = []struct {
	name string
	args []string
}{
	{"z3", []string{"-in", "-t:60000"}},
	{"cvc5", []string{"--lang=smt2.6", "--incremental", "--strings-exp", "--tlimit-per=60000", "-"}},
}

// Start starts a solver of a name, or with "" whichever is installed. It ends when
// the context does.
func Start(ctx context.Context, name string) (*Solver, error) {
	for _, known := range arguments {
		if name != "" && name != known.name {
			continue
		}
		path, err := exec.LookPath(known.name)
		if err != nil {
			continue
		}
		return start(known.name, exec.CommandContext(ctx, path, known.args...))
	}
	if name != "" {
		return nil, fmt.Errorf("solver %q is not installed, or none that iamvet runs", name)
	}
	return nil, ErrNone
}

func start(name string, cmd *exec.Cmd) (*Solver, error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("solver %s: %w", name, err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("solver %s: %w", name, err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("solver %s: %w", name, err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	return &Solver{Name: name, cmd: cmd, in: in, lines: lines}, nil
}

// done is what a solver is told to say after the answers of a script.
const done = "that was all"

// Answers are what the solver prints for a script: sat, unsat or unknown for each
// check-sat, and its errors. Scripts know nothing of each other.
func (s *Solver) Answers(script string) ([]string, error) {
	written := make(chan error, 1)
	go func() {
		_, err := io.WriteString(s.in, script+"\n(echo \""+done+"\")\n(reset)\n")
		written <- err
	}()
	var out []string
	for s.lines.Scan() {
		line := strings.TrimSpace(s.lines.Text())
		if strings.Trim(line, `"`) == done {
			if err := <-written; err != nil {
				return out, fmt.Errorf("solver %s: %w", s.Name, err)
			}
			return out, nil
		}
		if line != "" {
			out = append(out, line)
		}
	}
	if err := s.lines.Err(); err != nil {
		return out, fmt.Errorf("solver %s: %w", s.Name, err)
	}
	return out, fmt.Errorf("solver %s ended before its answer", s.Name)
}

// Close ends the solver.
func (s *Solver) Close() error {
	if err := s.in.Close(); err != nil {
		return fmt.Errorf("solver %s: %w", s.Name, err)
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("solver %s: %w", s.Name, err)
	}
	return nil
}
