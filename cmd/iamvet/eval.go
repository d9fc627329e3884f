package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

type evalFlags struct {
	policies []string
	kind     string
	cases    string
}

func (p *program) evalCommand() *cobra.Command {
	var f evalFlags
	c := &cobra.Command{
		Use:   "eval --policy FILE… [REQUESTS] | --cases FILE",
		Short: "Decide requests by policies: unit tests for SCPs and trust policies",
		Long: `Decide requests, one JSON object a line, read from REQUESTS or standard input:

  {"principal": "arn:aws:iam::111122223333:root", "action": "iam:CreateUser",
   "resource": "*", "context": {"aws:MultiFactorAuthPresent": "false"}}

The answers are JSON lines: {"decision": "denied|allowed|not-applicable|unknown",
"statements": [{"file": …, "line": …, "sid": …}], "why": "…"}. not-applicable
means that no statement matches; for an SCP, denied means explicitly denied.

Context values are strings, booleans, numbers or lists; "" and [] are absent, a
key that is not given is absent, and {"unknown": true} is present or not, nobody
knows. aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalType, aws:username
and aws:userid follow from the principal where they are not given.

With --cases every line carries its own policies and may say what it expects:

  {"name": "root without MFA", "kind": "scp", "policies": ["scp.json"],
   "request": {…}, "expect": "denied"}

Paths are relative to the file of cases. The exit status is 1 when an
expectation fails, 2 when a line or a policy cannot be read.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if f.cases != "" && len(f.policies)+len(args) > 0 {
				return errors.New("--cases says policies and requests by itself: leave --policy and REQUESTS out")
			}
			if f.cases != "" {
				return p.evalCases(&f)
			}
			return p.evalRequests(&f, args)
		},
	}
	c.Flags().StringArrayVar(&f.policies, "policy", nil, "policy `FILE` (JSON); repeatable")
	c.Flags().StringVar(&f.kind, "kind", "identity", "what the policies are: `KIND` scp, trust, identity, rcp or resource")
	c.Flags().StringVar(&f.cases, "cases", "", "`FILE` of cases, - for standard input")
	return c
}

// evalRequest is a request as JSON.
type evalRequest struct {
	Principal string                     `json:"principal"`
	Action    string                     `json:"action"`
	Resource  string                     `json:"resource"`
	Context   map[string]json.RawMessage `json:"context"`
}

// evalAnswer is an answer as JSON.
type evalAnswer struct {
	Name       string          `json:"name,omitempty"`
	Decision   policy.Outcome  `json:"decision"`
	Expect     policy.Outcome  `json:"expect,omitempty"`
	Pass       *bool           `json:"pass,omitempty"`
	Statements []evalStatement `json:"statements"`
	Why        string          `json:"why"`
}

type evalStatement struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Sid  string `json:"sid"`
}

func (p *program) evalRequests(f *evalFlags, args []string) error {
	kind, ok := policy.ParseKind(f.kind)
	if !ok {
		return fmt.Errorf("--kind %s: scp, trust, identity, rcp or resource", f.kind)
	}
	if len(f.policies) == 0 {
		return errors.New("eval needs --policy FILE, or --cases FILE")
	}
	var docs []*policy.Document
	for _, name := range f.policies {
		b, err := p.read(name, maxPolicy)
		if err != nil {
			return fmt.Errorf("--policy %s: %s", name, cause(err))
		}
		doc, err := parsePolicy(name, b)
		if err != nil {
			return err
		}
		docs = append(docs, doc)
	}
	in, name := p.stdin, "<stdin>"
	if len(args) == 1 && args[0] != "-" {
		file, err := p.open(args[0])
		if err != nil {
			return fmt.Errorf("%s: %s", args[0], cause(err))
		}
		defer file.Close()
		in, name = file, args[0]
	}
	out := bufio.NewWriter(p.stdout)
	defer out.Flush()
	enc := newEncoder(inertWriter{out})
	return p.eachLine(in, func(n int, line []byte) error {
		var r evalRequest
		if err := decodeStrict(line, &r); err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
		request, err := r.request()
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, n, err)
		}
		return enc.Encode(decide(kind, docs, request))
	})
}

// evalCase is a case as JSON.
type evalCase struct {
	Name     string            `json:"name"`
	Kind     string            `json:"kind"`
	Policies []json.RawMessage `json:"policies"`
	Request  evalRequest       `json:"request"`
	Expect   policy.Outcome    `json:"expect"`
}

func (p *program) evalCases(f *evalFlags) error {
	in, dir := p.stdin, p.dir
	if f.cases != "-" {
		file, err := p.open(f.cases)
		if err != nil {
			return fmt.Errorf("--cases %s: %s", f.cases, cause(err))
		}
		defer file.Close()
		in, dir = file, filepath.Dir(p.abs(f.cases))
	}
	out := bufio.NewWriter(p.stdout)
	defer out.Flush()
	enc := newEncoder(inertWriter{out})
	parsed := map[string]*policy.Document{}
	failed := false
	err := p.eachLine(in, func(n int, line []byte) error {
		where := fmt.Sprintf("%s:%d", f.cases, n)
		var c evalCase
		if err := decodeStrict(line, &c); err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		kind, ok := policy.ParseKind(c.Kind)
		if !ok {
			return fmt.Errorf("%s: kind %q: scp, trust, identity, rcp or resource", where, c.Kind)
		}
		docs, err := p.caseDocuments(&c, dir, where, parsed)
		if err != nil {
			return err
		}
		request, err := c.Request.request()
		if err != nil {
			return fmt.Errorf("%s: %w", where, err)
		}
		if c.Expect != "" && !slices.Contains(policy.Outcomes, c.Expect) {
			var known []string
			for _, o := range policy.Outcomes {
				known = append(known, string(o))
			}
			return fmt.Errorf("%s: expect %q: no decision; %s%s", where, c.Expect, alternatives(known), didYouMean(string(c.Expect), known))
		}
		answer := decide(kind, docs, request)
		answer.Name = c.Name
		if c.Expect != "" {
			pass := c.Expect == answer.Decision
			answer.Expect, answer.Pass = c.Expect, &pass
			failed = failed || !pass
		}
		return enc.Encode(answer)
	})
	if err == nil && failed {
		err = exit{exitViolations}
	}
	return err
}

// caseDocuments parses the policies of a case, each distinct one once.
func (p *program) caseDocuments(c *evalCase, dir, where string, parsed map[string]*policy.Document) ([]*policy.Document, error) {
	var docs []*policy.Document
	for i, raw := range c.Policies {
		// Equal documents of different cases share one; its place says which of
		// a case's policies it is.
		key := fmt.Sprintf("%d %s", i, raw)
		doc := parsed[key]
		if doc == nil {
			name, b := fmt.Sprintf("policies[%d]", i), []byte(raw)
			var path string
			if json.Unmarshal(raw, &path) == nil {
				var err error
				name = path
				if !filepath.IsAbs(path) {
					path = filepath.Join(dir, path)
				}
				if b, err = p.read(path, maxPolicy); err != nil {
					return nil, fmt.Errorf("%s: policy %s: %s", where, name, cause(err))
				}
			}
			var err error
			if doc, err = parsePolicy(name, b); err != nil {
				return nil, fmt.Errorf("%s: %w", where, err)
			}
			parsed[key] = doc
		}
		docs = append(docs, doc)
	}
	return docs, nil
}

func parsePolicy(name string, b []byte) (*policy.Document, error) {
	f := source.NewFile(name, b)
	text := value.StrAt(source.Literal(source.Span{File: f, End: len(b)}))
	text.Syntax = value.SyntaxJSON
	doc, err := policy.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("policy %w", err)
	}
	return doc, nil
}

// request reads the context. Absent is what is not there.
func (r *evalRequest) request() (*policy.Request, error) {
	out := &policy.Request{Action: r.Action, Resource: r.Resource, Context: map[string]policy.ContextValue{}}
	if r.Principal != "" {
		caller, err := policy.ParseCaller(r.Principal)
		if err != nil {
			return nil, err
		}
		out.Caller = caller
	}
	for key, raw := range r.Context {
		v, err := contextValue(raw)
		if err != nil {
			return nil, fmt.Errorf("context key %q: %w", key, err)
		}
		out.Context[key] = v
	}
	return out, nil
}

func contextValue(raw json.RawMessage) (policy.ContextValue, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return policy.ContextValue{}, err
	}
	switch v := v.(type) {
	case nil:
		return policy.ContextValue{}, nil
	case map[string]any:
		if v["unknown"] == true && len(v) == 1 {
			return policy.ContextValue{Presence: policy.Either}, nil
		}
	case []any:
		var texts []string
		for _, e := range v {
			s, err := scalar(e)
			if err != nil {
				return policy.ContextValue{}, err
			}
			texts = append(texts, s)
		}
		if len(texts) == 1 {
			return policy.One(texts[0]), nil
		}
		return policy.Many(texts...), nil
	default:
		s, err := scalar(v)
		return policy.One(s), err
	}
	return policy.ContextValue{}, errors.New(`a string, boolean, number, list or {"unknown": true}`)
}

func scalar(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case bool, json.Number:
		return fmt.Sprint(v), nil
	}
	return "", errors.New("a list holds strings, booleans and numbers")
}

// decide answers one request. A document that AWS would refuse can neither be
// relied on nor be read as if it were not there: the answer is unknown.
func decide(kind policy.Kind, docs []*policy.Document, r *policy.Request) *evalAnswer {
	for _, doc := range docs {
		for _, problem := range doc.Validate(kind) {
			if !problem.Lint {
				a := &evalAnswer{Decision: policy.Undecided, Statements: []evalStatement{}, Why: "AWS would refuse the policy: " + problem.Text}
				if problem.Statement != nil {
					a.add(problem.Statement)
				}
				return a
			}
		}
	}
	d := policy.Decide(docs, r)
	a := &evalAnswer{Decision: d.Outcome(), Statements: []evalStatement{}}
	for _, s := range d.Deciding {
		a.add(s)
	}
	a.Why = why(a.Decision, d, docs, r)
	return a
}

func (a *evalAnswer) add(s *policy.Statement) {
	e := evalStatement{Sid: s.Sid}
	if span := s.Span(); !span.IsZero() {
		e.File, e.Line = span.File.Name, span.StartPos().Line
	}
	a.Statements = append(a.Statements, e)
}

// why is the decision in words.
func why(outcome policy.Outcome, d policy.Decision, docs []*policy.Document, r *policy.Request) string {
	switch outcome {
	case policy.Denied:
		return statementName(d.Deciding[0]) + " denies it"
	case policy.Allowed:
		return statementName(d.Deciding[0]) + " allows it"
	}
	var statements []*policy.Statement
	if outcome == policy.Undecided {
		statements = d.Deciding
	} else {
		for _, doc := range docs {
			statements = append(statements, doc.Statements...)
		}
	}
	for _, s := range statements {
		m := s.MatchesDetail(r)
		if m.Result != policy.True && m.Why != "" {
			return statementName(s) + " " + m.Why
		}
	}
	if outcome == policy.Undecided {
		return "a value that is not known decides"
	}
	return "no statement matches"
}

func statementName(s *policy.Statement) string {
	if s.Sid != "" {
		return fmt.Sprintf("statement %d (%s)", s.Index+1, s.Sid)
	}
	return fmt.Sprintf("statement %d", s.Index+1)
}

func newEncoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

func decodeStrict(line []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if dec.More() {
		return errors.New("more than one value on the line")
	}
	return nil
}

// eachLine calls f for every line that is not blank. A line that f refuses is
// named on standard error, and the others are still answered; the exit status
// is then 2.
func (p *program) eachLine(r io.Reader, f func(n int, line []byte) error) error {
	br := bufio.NewReaderSize(r, 1<<16)
	var broken error
	for n := 1; ; n++ {
		line, err := readRequest(br)
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			if err := f(n, trimmed); err != nil {
				fmt.Fprintf(p.stderr, "iamvet: %v\n", err)
				broken = exit{exitBroken}
			}
		}
		if err == io.EOF {
			return broken
		}
		if err != nil {
			return err
		}
	}
}

// readRequest reads a line, unless it is longer than any request.
func readRequest(br *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := br.ReadSlice('\n')
		if line = append(line, part...); len(line) > maxPolicy {
			return nil, fmt.Errorf("a line is longer than %d MiB", maxPolicy>>20)
		}
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}
