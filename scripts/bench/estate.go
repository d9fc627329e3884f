package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// estate is a tree of configuration files to be written.
type estate struct {
	dir string
	err error // the first one
}

// write writes one file. After an error it does nothing.
func (e *estate) write(name, text string) {
	if e.err != nil {
		return
	}
	name = filepath.Join(e.dir, filepath.FromSlash(name))
	if e.err = os.MkdirAll(filepath.Dir(name), 0o777); e.err == nil {
		e.err = os.WriteFile(name, []byte(text), 0o666)
	}
}

// filesOfRoot are the files that each root module of an estate of stacks has.
const filesOfRoot = 20

// density says where the identity code of an estate is.
type density int

const (
	none   density = iota
	sparse         // identity code in one file of fifty
	dense          // 14 % of all resources, in nine files of twenty
)

// stacks writes so many root modules of twenty files each and, where identity is
// dense, the module of four files that some of them call. No two stacks are the
// same.
func (e *estate) stacks(roots int, how density) {
	for r := range roots {
		e.stack(r, how)
	}
	if how == dense {
		e.files("modules/operator/", operatorModule, 0)
	}
}

// files writes files by their names below dir.
func (e *estate) files(dir string, templates map[string]string, r int) {
	for name, text := range templates {
		e.write(dir+name, fill(text, r, 0))
	}
}

func (e *estate) stack(r int, how density) {
	dir := stackDir(r)
	e.files(dir, frame, r)
	users := 3 + min(r%3, 1) // with a key each
	for s := range filesOfRoot - len(frame) - 1 {
		var b strings.Builder
		for i := range 5 {
			b.WriteString(terrain(r, 5*s+i))
		}
		switch {
		case how == dense && s%3 == 0:
			b.WriteString(fill(serviceRole, r, s))
		case how == dense && s%3 == 1 && s/3 < users:
			b.WriteString(fill(machineUser, r, s))
		}
		e.write(fmt.Sprintf("%sservice_%02d.tf", dir, s), b.String())
	}
	switch {
	case how == dense:
		e.write(dir+"iam.tf", fill(people[r%len(people)], r, 0)+fill(pipelines[r%len(pipelines)], r, 0)+fill(freeRole, r, r))
	case how == sparse && r%5 < 2: // two roots of five, so one of fifty files
		e.write(dir+"iam.tf", fill(pipelines[r%len(pipelines)], r, 0)+fill(serviceRole, r, 0))
	default:
		e.write(dir+"queues.tf", terrain(r, 101)+terrain(r, 102)+terrain(r, 103))
	}
}

// terrain is one of the things that have nothing to do with identity.
func terrain(r, i int) string {
	return fill(terrains[(r+i)%len(terrains)], r, i)
}

// fill puts numbers into a template: those of the root module and of the thing in
// it, and what is made of them.
func fill(template string, r, i int) string {
	return strings.NewReplacer(
		"{r}", strconv.Itoa(r),
		"{i}", strconv.Itoa(i),
		"{account}", fmt.Sprintf("1%011d", r),
		"{octet}", strconv.Itoa((r*7+i)%250),
		"{port}", strconv.Itoa(1024+(r*31+i*17)%40000),
	).Replace(template)
}

// roles are so many roles in one file, each with a trust policy of its own that
// leaves the session name free, so each with a finding and a fix.
func (e *estate) roles(n int) {
	var b strings.Builder
	for i := range n {
		b.WriteString(fill(freeRole, i, i))
	}
	e.write("main.tf", b.String())
}

// instances is one role for each of so many keys, a multiple of 100.
func (e *estate) instances(n int) {
	e.write("main.tf", strings.ReplaceAll(manyRoles, "{n}", strconv.Itoa(n/100)))
}

// nested is so many root modules that call modules four deep, three of each: 27
// times the innermost one.
func (e *estate) nested(roots int) {
	for r := range roots {
		e.write(fmt.Sprintf("live/%03d/main.tf", r), fill(nestedRoot, r, 0))
	}
	for level := 1; level < 4; level++ {
		e.write(fmt.Sprintf("modules/level%d/main.tf", level), strings.ReplaceAll(nestedModule, "{next}", strconv.Itoa(level+1)))
	}
	e.write("modules/level4/main.tf", nestedLeaf)
}

// module is one small module.
func (e *estate) module() {
	e.write("main.tf", fill(freeRole, 1, 1)+terrain(1, 1)+terrain(1, 2))
	for _, name := range []string{"variables.tf", "versions.tf"} {
		e.write(name, fill(frame[name], 1, 0))
	}
}

// hook is what a commit hook has to find its way in: root modules of ten files of
// configuration each. Half of them call a module, and every fifth reads a policy.
func (e *estate) hook(roots int) {
	for r := range roots {
		dir := stackDir(r)
		e.files(dir, frame, r)
		for s := range 10 - len(frame) - 1 {
			e.write(fmt.Sprintf("%sservice_%02d.tf", dir, s), terrain(r, 2*s)+terrain(r, 2*s+1))
		}
		iam := fill(freeRole, r, r)
		if r%2 == 0 {
			iam += fill(operatorCall, r, 0)
		}
		if r%5 == 1 {
			iam += fill(readRole, r, 0)
			e.write(dir+"policies/trust.json", fill(readPolicy, r, 0))
		}
		e.write(dir+"iam.tf", iam)
	}
	e.files("modules/operator/", operatorModule, 0)
}

func stackDir(r int) string {
	return fmt.Sprintf("stacks/%s/%03d/", []string{"billing", "catalog", "delivery", "search", "support"}[r%5], r)
}
