package sarif

import (
	"sort"
	"strconv"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamvet/iamvet/analyzer"
)

// cweTag is how GitHub and CodeQL write that a rule is about a weakness.
const cweTag = "external/cwe/cwe-"

// cweGUID identifies the taxonomy, as others that refer to CWE do.
const cweGUID = "FFC64C90-42B6-44CE-8BEB-F6B7DAE649E5"

// cweNames are the names of the weaknesses that checks of identities have.
var cweNames = map[int]string{
	250:  "Execution with Unnecessary Privileges",
	256:  "Plaintext Storage of a Password",
	262:  "Not Using Password Aging",
	263:  "Password Aging with Long Expiration",
	266:  "Incorrect Privilege Assignment",
	269:  "Improper Privilege Management",
	284:  "Improper Access Control",
	285:  "Improper Authorization",
	286:  "Incorrect User Management",
	287:  "Improper Authentication",
	290:  "Authentication Bypass by Spoofing",
	306:  "Missing Authentication for Critical Function",
	308:  "Use of Single-factor Authentication",
	312:  "Cleartext Storage of Sensitive Information",
	324:  "Use of a Key Past its Expiration Date",
	441:  "Unintended Proxy or Intermediary ('Confused Deputy')",
	522:  "Insufficiently Protected Credentials",
	654:  "Reliance on a Single Factor in a Security Decision",
	732:  "Incorrect Permission Assignment for Critical Resource",
	778:  "Insufficient Logging",
	798:  "Use of Hard-coded Credentials",
	862:  "Missing Authorization",
	863:  "Incorrect Authorization",
	1390: "Weak Authentication",
	1391: "Use of Weak Credentials",
}

// cwes are the weaknesses that the rules of a run are about, by number.
type cwes struct {
	numbers []int
	index   map[int]uint
}

func newCWEs(checks []*analyzer.Check) *cwes {
	c := &cwes{index: map[int]uint{}}
	for _, check := range checks {
		for _, n := range weaknesses(check) {
			if _, ok := c.index[n]; !ok {
				c.index[n] = 0
				c.numbers = append(c.numbers, n)
			}
		}
	}
	sort.Ints(c.numbers)
	for i, n := range c.numbers {
		c.index[n] = uint(i)
	}
	return c
}

func weaknesses(c *analyzer.Check) []int {
	var out []int
	for _, t := range c.Tags {
		if digits, ok := strings.CutPrefix(t, cweTag); ok {
			if n, err := strconv.Atoi(digits); err == nil {
				out = append(out, n)
			}
		}
	}
	return out
}

func (c *cwes) taxonomies() []*sarif.ToolComponent {
	if len(c.numbers) == 0 {
		return nil
	}
	t := &sarif.ToolComponent{
		Name:             "CWE",
		GUID:             ptr(cweGUID),
		Organization:     ptr("MITRE"),
		ShortDescription: multiformat("The MITRE Common Weakness Enumeration.", ""),
		InformationURI:   ptr("https://cwe.mitre.org/"),
		Rules:            []*sarif.ReportingDescriptor{},
	}
	for _, n := range c.numbers {
		id := strconv.Itoa(n)
		name := cweNames[n]
		if name == "" {
			name = "CWE-" + id
		}
		t.Taxa = append(t.Taxa, &sarif.ReportingDescriptor{
			ID:               "CWE-" + id,
			ShortDescription: multiformat(sentence(name), ""),
			HelpURI:          ptr("https://cwe.mitre.org/data/definitions/" + id + ".html"),
		})
	}
	return []*sarif.ToolComponent{t}
}

// of are the references of a result to the weaknesses of its rule.
func (c *cwes) of(check *analyzer.Check) []*sarif.ReportingDescriptorReference {
	var out []*sarif.ReportingDescriptorReference
	for _, n := range weaknesses(check) {
		index, ok := c.index[n]
		if !ok {
			continue
		}
		out = append(out, &sarif.ReportingDescriptorReference{
			Id: ptr("CWE-" + strconv.Itoa(n)), Index: ptr(index),
			ToolComponent: &sarif.ToolComponentReference{Name: ptr("CWE"), Index: ptr(uint(0)), Guid: ptr(cweGUID)},
		})
	}
	return out
}
