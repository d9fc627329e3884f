package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/iamvet/iamvet/analyzer/engine"
	"github.com/iamvet/iamvet/analyzer/report"
	"github.com/iamvet/iamvet/analyzer/settings"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

func (p *program) configCommand() *cobra.Command {
	var f inputFlags
	c := &cobra.Command{
		Use:   "config [PATH…]",
		Short: "Say which settings are in force, and where they come from",
		Long: `Print every setting that counts for a scan of PATH, with the line that it comes from or
its default, what of the command line counts beside it, and the root modules with the
variable files that each is evaluated with.`,
		Example: `  iamvet config
  iamvet config envs/prod`,
		RunE: func(c *cobra.Command, args []string) error { return p.config(c.Context(), args, &f) },
	}
	f.add(c)
	return c
}

func (p *program) config(ctx context.Context, args []string, f *inputFlags) error {
	in, err := p.input(args, f)
	if err != nil {
		return err
	}
	if in.Boundary == nil {
		return errors.New("name the PATH of configuration: a plan alone has no settings of its own")
	}
	var out bytes.Buffer
	var written []settings.Written
	if name := in.Settings.File; name != "" {
		text, err := os.ReadFile(filepath.Join(in.boundaryDir, name))
		if filepath.IsAbs(name) {
			text, err = os.ReadFile(name)
		}
		if err != nil {
			return fmt.Errorf("settings %s: %s", name, cause(err))
		}
		written = settings.WrittenIn(source.NewFile(name, text))
		fmt.Fprintf(&out, "# settings: %s\n", name)
	} else {
		fmt.Fprintf(&out, "# settings: no %s in %s or above; iamvet init writes one\n", settings.Name, in.ScanRoot)
	}
	for _, s := range settings.All {
		given := false
		for _, w := range written {
			if w.Name == s.Name {
				given = true
				fmt.Fprintf(&out, "%s # %s:%d\n", w.Span.Text(), path.Base(w.Span.File.Name), w.Span.StartPos().Line)
			}
		}
		if !given {
			fmt.Fprintf(&out, "# %s: %s\n", s.Name, strings.TrimSuffix(strings.ReplaceAll(s.Default, "\n", " "), "."))
		}
	}
	for _, option := range []struct {
		flag   string
		values []string
	}{{"exclude", f.exclude}, {"var-file", f.varFiles}, {"var", f.vars}} {
		if len(option.values) > 0 {
			fmt.Fprintf(&out, "# --%s: %s\n", option.flag, strings.Join(option.values, ", "))
		}
	}
	roots, gaps, _, err := engine.Load(ctx, in.Input)
	if err != nil {
		return err
	}
	for _, r := range roots {
		var values []string
		for _, file := range r.Files() {
			if strings.HasSuffix(strings.TrimSuffix(file.Name, ".json"), ".tfvars") {
				values = append(values, file.Name)
			}
		}
		if len(values) == 0 {
			values = []string{"no variable files"}
		}
		fmt.Fprintf(&out, "# root module %s: %s\n", r.Dir, strings.Join(values, ", "))
	}
	if _, err := p.stdout.Write(report.Inert(out.Bytes())); err != nil {
		return err
	}
	p.gaps(slices.DeleteFunc(gaps, func(g source.Gap) bool { return g.Kind != source.ErrorGap }), p.seen(in), false)
	if slices.ContainsFunc(gaps, func(g source.Gap) bool { return g.Kind == source.ErrorGap }) {
		return exit{exitBroken}
	}
	return nil
}

func (p *program) initCommand() *cobra.Command {
	var f inputFlags
	var output string
	c := &cobra.Command{
		Use:   "init [PATH…]",
		Short: "Write a settings file with what can be seen here, commented out",
		Long: `Write .iamvet.hcl with what the configuration below PATH shows of its surroundings: its
accounts, networks in its policies, variable files that nothing reads. All of it is
commented out, so that nothing is in force that nobody has read. A file that is there is
left alone.`,
		Example: `  iamvet init
  iamvet init -o - envs`,
		RunE: func(c *cobra.Command, args []string) error { return p.init(c.Context(), args, output, &f) },
	}
	f.add(c)
	c.Flags().StringVarP(&output, "output", "o", settings.Name, "`FILE` to write; - for standard output")
	return c
}

func (p *program) init(ctx context.Context, args []string, output string, f *inputFlags) error {
	if _, err := os.Lstat(p.abs(output)); err == nil && output != stdinName {
		return fmt.Errorf("%s is there already: iamvet config shows what it does, and -o - what init would write", output)
	}
	in, err := p.input(args, f)
	if err != nil {
		return err
	}
	if in.Boundary == nil {
		return errors.New("name the PATH of configuration")
	}
	roots, _, _, err := engine.Load(ctx, in.Input)
	if err != nil {
		return err
	}
	text := startingSettings(roots, in.Boundary.FS, in.ScanRoot)
	if output == stdinName {
		_, err := p.stdout.Write(report.Inert([]byte(text)))
		return err
	}
	if err := p.writeOutput(ctx, in.boundaryDir, output, "hcl", []byte(text)); err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "%s: written, with everything commented out; docs/settings.md says what there is\n", output)
	return nil
}

// cidr finds networks in text.
var cidr = regexp.MustCompile(`"(\d{1,3}(?:\.\d{1,3}){3}/\d{1,2})"`)

// startingSettings is a settings file of what root modules show.
func startingSettings(roots []*terraform.Root, files fs.FS, from string) string {
	accounts, networks := map[string]bool{}, map[string]bool{}
	var environments []string
	for _, r := range roots {
		for _, res := range ofIdentity(r) {
			if a := res.Account(); a != "" {
				accounts[a] = true
			}
		}
		read := map[string]bool{}
		for _, file := range r.Files() {
			read[file.Name] = true
			if bytes.Contains(file.Bytes, []byte("aws:SourceIp")) {
				for _, m := range cidr.FindAllSubmatch(file.Bytes, -1) {
					if s := string(m[1]); s != "0.0.0.0/0" && !strings.HasPrefix(s, "10.") && !strings.HasPrefix(s, "192.168.") {
						networks[s] = true
					}
				}
			}
		}
		entries, _ := fs.ReadDir(files, r.Dir)
		for _, e := range entries {
			if !e.IsDir() && strings.HasSuffix(strings.TrimSuffix(e.Name(), ".json"), ".tfvars") && !read[path.Join(r.Dir, e.Name())] {
				dir, err := filepath.Rel(from, r.Dir)
				if err != nil {
					dir = r.Dir
				}
				environments = append(environments, fmt.Sprintf("# root %q {\n#   var_files = [%q]\n# }\n", filepath.ToSlash(dir), e.Name()))
			}
		}
	}
	list := func(set map[string]bool) string {
		if len(set) == 0 {
			return "[]"
		}
		return `["` + strings.Join(slices.Sorted(maps.Keys(set)), `", "`) + `"]`
	}
	var b strings.Builder
	fmt.Fprintf(&b, `# Settings of iamvet. Everything here is optional; take the # away from what is right.

# Accounts of our own: trusting another is trusting a stranger. Seen as accounts of
# providers here:
# trusted_accounts = %s

# Networks that root may act from. Seen beside aws:SourceIp in policies:
# allowed_cidrs = %s

# Users for emergencies, of whom MFA is not asked, and users that are programs.
# break_glass_users = ["break-glass-*"]
# machine_users     = ["tag:Machine"]

# Rules that are not for us, and severities that are others with us.
# rules      = { user-key-rotation = false }
# severities = { user-multiple-keys = "low" }

# What is known, and until when.
# ignore {
#   rules  = ["role-session-name"]
#   paths  = ["legacy/**"]
#   reason = ""
#   until  = "2027-03-31"
# }

# Directories without root modules of ours.
# exclude = ["**/examples"]
`, list(accounts), list(networks))
	if len(environments) > 0 {
		fmt.Fprintf(&b, "\n# A root module is evaluated once for each of these. Nothing reads these files so far:\n%s", strings.Join(environments, ""))
	}
	return b.String()
}
