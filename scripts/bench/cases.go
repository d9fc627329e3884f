package main

// size is how large the cases are.
type size struct {
	roots       int // of the estates; fewRoots of the one that they are compared with
	fewRoots    int
	roles       int // in one file
	instances   int // of one role, and of roles in one file
	nested      int // root modules with 27 times the innermost module
	planParts   int // of 200 resources each
	stateParts  int
	hookRepeats int // the shortest runs are repeated so much more often
}

var sizes = map[string]size{
	// 10,004 files, a plan of 200 MB and a state of 48 MB.
	"full": {roots: 500, fewRoots: 50, roles: 1000, instances: 4000, nested: 40, planParts: 305, stateParts: 194, hookRepeats: 5},
	// What shows in seconds that everything works.
	"small": {roots: 5, fewRoots: 2, roles: 10, instances: 100, nested: 1, planParts: 1, stateParts: 1, hookRepeats: 1},
}

// benchCase is something to look at, and what else looks at it in the same run.
type benchCase struct {
	name, title string
	write       func(dir string) error
	flags       []string // of iamvet scan beside the directory
	rivals      []rival
	repeats     int  // of each round; 1 where it is not set
	committed   bool // the files are a git repository
}

// rival is what a scan is compared with.
type rival struct {
	name string
	work string   // one of the works of this program
	args []string // or arguments of iamvet
	git  []string // or of git
	one  bool     // the same scan, on one core
}

var (
	reading   = rival{name: "reading, through os.Root", work: "read"}
	lexing    = rival{name: "tokens (hclsyntax.LexConfig)", work: "lex"}
	parsing   = rival{name: "bare parse (hclsyntax.ParseConfig)", work: "parse"}
	jsonToken = rival{name: "tokens (encoding/json)", work: "tokens"}
	jsonWhole = rival{name: "encoding/json into any", work: "unmarshal"}
	asPlan    = rival{name: "terraform-json, a plan", work: "plan"}
	starting  = rival{name: "iamvet version", args: []string{"version"}}
	status    = rival{name: "git status", git: []string{"status"}}
	oneCore   = rival{name: "iamvet scan on one core", one: true}
)

// casesOf are all cases in a size.
func casesOf(s size) []benchCase {
	configuration := func(write func(*estate)) func(string) error {
		return func(dir string) error {
			e := &estate{dir: dir}
			write(e)
			return e.err
		}
	}
	of := func(name string, write func(document)) func(string) error {
		return func(dir string) error { return writeDocument(dir, name, write) }
	}
	return []benchCase{
		{
			name: "dense", title: "many root modules, 14 % of resources identity",
			write:  configuration(func(e *estate) { e.stacks(s.roots, dense) }),
			rivals: []rival{oneCore, reading, lexing, parsing},
		},
		{
			name: "dense-few", title: "a tenth of these root modules",
			write:  configuration(func(e *estate) { e.stacks(s.fewRoots, dense) }),
			rivals: []rival{reading, parsing},
		},
		{
			name: "sparse", title: "identity code in one file of fifty",
			write:  configuration(func(e *estate) { e.stacks(s.roots, sparse) }),
			rivals: []rival{reading, lexing, parsing},
		},
		{
			name: "none", title: "no identity code",
			write:  configuration(func(e *estate) { e.stacks(s.roots, none) }),
			rivals: []rival{reading, lexing, parsing},
		},
		{
			name: "huge", title: "one file, each role with a finding and a fix",
			write:  configuration(func(e *estate) { e.roles(s.roles) }),
			rivals: []rival{parsing},
		},
		{
			name: "roles", title: "one file of more roles",
			write:  configuration(func(e *estate) { e.roles(s.instances) }),
			rivals: []rival{parsing},
		},
		{
			name: "instances", title: "as many roles by for_each",
			write:  configuration(func(e *estate) { e.instances(s.instances) }),
			rivals: []rival{parsing},
		},
		{
			name: "nested", title: "modules called four deep, three times each",
			write:  configuration(func(e *estate) { e.nested(s.nested) }),
			rivals: []rival{parsing},
		},
		{
			name: "module", title: "one small module",
			write:   configuration(func(e *estate) { e.module() }),
			rivals:  []rival{starting, parsing},
			repeats: s.hookRepeats,
		},
		{
			name: "hook", title: "one changed file among root modules of ten files each, as a commit hook",
			write:     configuration(func(e *estate) { e.hook(s.roots) }),
			flags:     []string{hookRole},
			rivals:    []rival{status, starting},
			repeats:   s.hookRepeats,
			committed: true,
		},
		{
			name: "hook-read", title: "the same where what changed is a policy that one of them reads",
			write:     configuration(func(e *estate) { e.hook(s.roots) }),
			flags:     []string{hookPolicy},
			rivals:    []rival{status, starting},
			repeats:   s.hookRepeats,
			committed: true,
		},
		{
			name: "plan", title: "a large plan",
			write:  of(planName, func(d document) { d.plan(s.planParts) }),
			flags:  []string{"--plan", planName},
			rivals: []rival{reading, jsonToken, jsonWhole, asPlan},
		},
		{
			name: "state", title: "a large state",
			write:  of(stateName, func(d document) { d.state(s.stateParts) }),
			flags:  []string{"--state", stateName},
			rivals: []rival{reading, jsonToken, jsonWhole},
		},
	}
}

const (
	planName  = "plan.json"
	stateName = "terraform.tfstate"
	// What is changed in the cases of hooks.
	hookRole   = "stacks/billing/000/iam.tf"
	hookPolicy = "stacks/catalog/001/policies/trust.json"
)
