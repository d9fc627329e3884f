package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/graph"
	"github.com/iamvet/iamvet/analyzer/picture"
	"github.com/iamvet/iamvet/analyzer/report"
)

type graphFlags struct {
	inputFlags
	format  string
	to      string
	from    string
	depth   int
	noColor bool
}

// mostPaths are printed: nobody reads more, and in a dense graph there are millions.
const mostPaths = 1000

func (p *program) graphCommand() *cobra.Command {
	var f graphFlags
	c := &cobra.Command{
		Use:   "graph [PATH…]",
		Short: "Show who can become whom: each role, who may assume it and under what conditions",
		Long: `Show the trust graph below each PATH (default: the working directory): users, groups,
roles, services, identity providers, accounts and anyone. An edge is a trust policy
that a real request gets past; where the caller is of the code and AWS asks for it, a
policy of the caller has to allow the request as well.

  certain    the request gets through, whatever is not known
  possible   the trust policy lets it in; whether the caller can make it is not known
  unknown    it depends on values that are not known, which are named

--to ROLE and --from PRINCIPAL ask for paths, of at most --depth edges: how anybody
gets there, with the request of each step. A role, user or group is named by its
address, its name or its ARN; an account by its id; a service or provider by its name;
anyone is *. A group stands for its members.

Exit status: 0, or 2 when something could not be read.`,
		Example: `  iamvet graph
  iamvet graph --to aws_iam_role.admin
  iamvet graph --from token.actions.githubusercontent.com --depth 3 --format json
  iamvet graph --format svg > trust.svg`,
		RunE: func(c *cobra.Command, args []string) error { return p.graph(c.Context(), args, &f) },
	}
	f.inputFlags.add(c)
	fl := c.Flags()
	fl.StringVar(&f.format, "format", "text", "`NAME` of the format: text, json, html, svg, dot or mermaid")
	fl.StringVar(&f.to, "to", "", "`ROLE` that paths lead to")
	fl.StringVar(&f.from, "from", "", "`PRINCIPAL` that paths begin with")
	fl.IntVar(&f.depth, "depth", 3, "`N` edges that a path has at most")
	fl.BoolVar(&f.noColor, "no-color", false, "no colour")
	return c
}

// graphFormats write a graph.
var graphFormats = []string{"text", "json", "html", "svg", "dot", "mermaid"}

func (p *program) graph(ctx context.Context, args []string, f *graphFlags) error {
	write, err := p.graphWriter(f)
	if err != nil {
		return err
	}
	if f.depth < 1 {
		return fmt.Errorf("--depth %d: 1 or more", f.depth)
	}
	in, err := p.input(args, &f.inputFlags)
	if err != nil {
		return err
	}
	model, gaps, enough, err := engine.LoadModel(ctx, in.Input)
	if err != nil {
		return err
	}
	g := graph.Build(model, in.Now)
	base := in.WorkDir // of paths for people; tools get what does not depend on where they run
	if f.format == "json" || f.format == "html" {
		base = in.ScanRoot
	}
	v := viewer(model, base)
	view := v.Graph(g)
	if f.to != "" || f.from != "" {
		q := graph.Question{Depth: f.depth, Most: mostPaths}
		if f.to != "" {
			if q.To, err = g.Find(f.to); err != nil {
				return fmt.Errorf("--to: %w", err)
			}
		}
		if f.from != "" {
			if q.From, err = g.Find(f.from); err != nil {
				return fmt.Errorf("--from: %w", err)
			}
		}
		paths, more := g.Paths(q)
		view = v.Part(g, paths, more)
	}
	var out bytes.Buffer
	if err := write(&out, view); err != nil {
		return err
	}
	if err := enough(); err != nil {
		return err
	}
	if _, err := p.stdout.Write(report.Inert(out.Bytes())); err != nil {
		return err
	}
	switch {
	case len(model.Roles) == 0:
		fmt.Fprintln(p.stderr, "iamvet: no role is declared here")
	case view.Paths != nil && len(*view.Paths) == 0:
		fmt.Fprintf(p.stderr, "iamvet: no such path of %d edges or less\n", f.depth)
	}
	return p.orgGaps(model.Roots, append(gaps, model.Gaps...), p.seen(in))
}

func (p *program) graphWriter(f *graphFlags) (func(*bytes.Buffer, *picture.Graph) error, error) {
	colour := p.stdoutTerminal && !p.noColor && !f.noColor
	switch f.format {
	case "text":
		return func(w *bytes.Buffer, g *picture.Graph) error {
			g.Text(w, func(verdict, text string) string {
				code := map[string]string{"certain": "31", "possible": "33", "unknown": "33"}[verdict]
				if !colour || code == "" {
					return text
				}
				return "\x1b[" + code + "m" + text + "\x1b[0m"
			})
			return nil
		}, nil
	case "json":
		return func(w *bytes.Buffer, g *picture.Graph) error {
			e := json.NewEncoder(w)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			return e.Encode(g)
		}, nil
	case "html":
		return func(w *bytes.Buffer, g *picture.Graph) error {
			return picture.HTML(w, &picture.Page{Graph: g, Version: version()})
		}, nil
	case "dot":
		return func(w *bytes.Buffer, g *picture.Graph) error { g.Dot(w); return nil }, nil
	case "mermaid":
		return func(w *bytes.Buffer, g *picture.Graph) error { g.Mermaid(w); return nil }, nil
	case "svg":
		return func(w *bytes.Buffer, g *picture.Graph) error { g.SVG(w); return nil }, nil
	}
	return nil, fmt.Errorf("--format %s: not a format; text, json, html, svg, dot or mermaid%s", f.format, didYouMean(f.format, graphFormats))
}
