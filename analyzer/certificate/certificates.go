package certificate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/policy"
	"github.com/iamvet/iamvet/analyzer/value"
)

// A Decision is what a rule made of a question.
type Decision struct {
	Rule string // IV102
	// Root, Address and Place say of what: a resource, and the accounts of an
	// organization.
	Root, Address, Place string
	Question             Question
	Verdict              Verdict
	Needs                []value.Reason // of what is not determined
	// Request gets through, of what is violated: iamvet's witness.
	Request *policy.Request
}

// IndexName is the file that lists the others.
const IndexName = "index.json"

// Index is what a directory of certificates holds.
type Index struct {
	// Certificates are the questions, each once.
	Certificates []Entry `json:"certificates"`
	// Uncertified are decisions for which there is no certificate.
	Uncertified []Uncertified `json:"uncertified"`
}

// An Entry is one question.
type Entry struct {
	Rule    string   `json:"rule"`
	Verdict string   `json:"verdict"` // compliant or violation
	Claim   string   `json:"claim"`
	Decided []Where  `json:"decided"`
	Files   []Listed `json:"files"`
}

// Where is what a question was asked about.
type Where struct {
	Root    string `json:"root"`
	Address string `json:"address"`
	Place   string `json:"place,omitempty"`
}

// Listed is a file with what a solver has to answer: unsat to every check-sat but the
// last, and this to the last.
type Listed struct {
	Name   string `json:"name"`
	Checks int    `json:"checks"`
	Expect string `json:"expect"`
}

// Uncertified is a decision without a certificate, and why.
type Uncertified struct {
	Rule  string `json:"rule"`
	Where Where  `json:"decided"`
	Why   string `json:"why"`
}

// Write writes a certificate for each distinct question into a directory that is
// there, with the index. It returns how many questions there are.
func Write(dir string, decisions []Decision) (int, error) {
	index := Index{Certificates: []Entry{}, Uncertified: []Uncertified{}}
	at := map[string]int{}
	texts := map[string]string{}
	type answered struct {
		made []made
		why  string
	}
	known := map[string]answered{}
	for _, d := range decisions {
		where := Where{d.Root, d.Address, d.Place}
		key := d.Rule + d.Verdict.String() + d.Question.key()
		a, again := known[key]
		if !again {
			a.made, a.why = d.certify()
			known[key] = a
		}
		made, why := a.made, a.why
		if why != "" {
			index.Uncertified = append(index.Uncertified, Uncertified{d.Rule, where, why})
			continue
		}
		for _, m := range made {
			i, known := at[m.key]
			if !known {
				i = len(index.Certificates)
				at[m.key] = i
				index.Certificates = append(index.Certificates, m.entry)
				for n, f := range m.entry.Files {
					texts[f.Name] = m.texts[n]
				}
			}
			if e := &index.Certificates[i]; !slices.Contains(e.Decided, where) {
				e.Decided = append(e.Decided, where)
			}
		}
	}
	b, err := json.MarshalIndent(index, "", "  ")
	if err != nil {
		return 0, fmt.Errorf("the index of certificates: %w", err)
	}
	texts[IndexName] = string(b) + "\n"
	for name, text := range texts {
		if err := replace(filepath.Join(dir, name), text); err != nil {
			return 0, fmt.Errorf("certificate: %w", err)
		}
	}
	return len(index.Certificates), nil
}

// made is the certificate of one claim.
type made struct {
	key   string
	entry Entry
	texts []string // of the files
}

// certify writes the certificates of a decision: one for each claim of what is
// compliant, and for one that is refuted of what is not.
func (d Decision) certify() (out []made, why string) {
	if d.Verdict == Undetermined {
		return nil, because("it is not determined", d.Needs)
	}
	unknown, sensitive := d.Question.unknown()
	hidden := because("the documents are not wholly known", unknown)
	if sensitive {
		return nil, "the documents hold what is sensitive"
	}
	claims := d.Question.claims()
	for _, c := range claims {
		if why := c.Entangled(); why != "" {
			return nil, "it is not translated: " + why
		}
	}
	if why := d.Question.untold(); why != "" && d.Verdict == Holds {
		return nil, why
	}
	agrees, open := d.Verdict == Holds, false
	for _, c := range claims {
		got, _ := c.Decide()
		switch {
		case got == d.Verdict && got == Violated:
			return []made{d.violated(c)}, ""
		case got == Undetermined:
			open = true
		case got != d.Verdict && d.Verdict == Holds:
			agrees = false
		}
	}
	switch {
	case (open || !agrees) && unknown != nil:
		return nil, hidden
	case open:
		return nil, "AWS does not document what decides it, or the translation does not find it out"
	}
	for _, c := range claims {
		if d.Verdict == Violated {
			return []made{d.violated(c)}, "" // a solver will say otherwise
		}
		out = append(out, d.made(c, c.Scripts(d.Question.asked(c), Holds)))
	}
	return out, ""
}

// because is a sentence with the reasons for it.
func because(what string, reasons []value.Reason) string {
	var texts []string
	for _, r := range reasons {
		if !slices.Contains(texts, r.Text) && r.Text != "" {
			texts = append(texts, r.Text)
		}
	}
	if len(texts) == 0 {
		return what
	}
	return what + ": " + strings.Join(texts, "; ")
}

// violated is the certificate of a claim that is refuted, by iamvet's own witness
// where there is one.
func (d Decision) violated(c *Claim) made {
	header := d.Question.asked(c)
	scripts := c.Scripts(header, Violated)
	if d.Request != nil {
		if s, ok := c.replay(header, d.Request); ok {
			scripts = append(scripts[:1], s)
		}
	}
	return d.made(c, scripts)
}

func (d Decision) made(c *Claim, scripts []Script) made {
	verdict := map[Verdict]string{Holds: "compliant", Violated: "violation"}[d.Verdict]
	m := made{entry: Entry{Rule: d.Rule, Verdict: verdict, Claim: c.Words}}
	sum := sha256.Sum256([]byte(scripts[0].Text))
	base := strings.ToLower(d.Rule) + "-" + hex.EncodeToString(sum[:6])
	m.key = base + verdict
	for i, s := range scripts {
		name := base + ".smt2"
		if i > 0 {
			name = base + "-witness.smt2"
		}
		m.entry.Files = append(m.entry.Files, Listed{name, s.Checks, s.Expect})
		m.texts = append(m.texts, s.Text)
	}
	return m
}

// ReadIndex reads the index of a directory.
func ReadIndex(dir string) (*Index, error) {
	b, err := os.ReadFile(filepath.Join(dir, IndexName))
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	var out Index
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, IndexName), err)
	}
	return &out, nil
}

// A Disagreement is a file of which a solver says something else.
type Disagreement struct {
	Entry Entry
	File  Listed
	Got   []string
}

// Check has a solver answer every file of a directory that the index lists.
func Check(dir string, answers func(script string) ([]string, error)) (checked int, wrong []Disagreement, err error) {
	index, err := ReadIndex(dir)
	if err != nil {
		return 0, nil, err
	}
	for _, e := range index.Certificates {
		for _, f := range e.Files {
			b, err := os.ReadFile(filepath.Join(dir, filepath.Base(f.Name)))
			if err != nil {
				return checked, wrong, fmt.Errorf("certificate: %w", err)
			}
			got, err := answers(string(b))
			if err != nil {
				return checked, wrong, fmt.Errorf("%s: %w", f.Name, err)
			}
			checked++
			want := append(slices.Repeat([]string{"unsat"}, max(f.Checks-1, 0)), f.Expect)
			if !slices.Equal(got, want) {
				wrong = append(wrong, Disagreement{e, f, got})
			}
		}
	}
	return checked, wrong, nil
}

// replace writes a file in the place of one that is there. Where that is a link, it is the
// link that is replaced, and not what it leads to.
func replace(name, text string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
