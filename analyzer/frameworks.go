package analyzer

import (
	"slices"
	"strings"
)

// Framework is a published list of controls.
type Framework struct {
	ID        string // cis-5.0
	Name      string // for people
	Publisher string
	URL       string
}

// Frameworks are those that controls belong to, in the order in which they are
// listed.
var Frameworks = []Framework{
	cisAWS("1.2"), cisAWS("1.4"), cisAWS("1.5"), cisAWS("2.0"), cisAWS("3.0"), cisAWS("4.0.1"), cisAWS("5.0"), cisAWS("6.0"), cisAWS("7.0"),
	{"fsbp", "AWS Foundational Security Best Practices", "Amazon Web Services", "https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html"},
	{"control-tower", "AWS Control Tower", "Amazon Web Services", "https://docs.aws.amazon.com/controltower/latest/controlreference/controls.html"},
	{"aws-config", "AWS Config", "Amazon Web Services", "https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html"},
	{"nist-800-53-r5", "NIST SP 800-53 r5", "National Institute of Standards and Technology", "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final"},
	{"pci-dss-3.2.1", "PCI DSS 3.2.1", "PCI Security Standards Council", "https://www.pcisecuritystandards.org/document_library/"},
	{"pci-dss-4.0.1", "PCI DSS 4.0.1", "PCI Security Standards Council", "https://www.pcisecuritystandards.org/document_library/"},
	{"mitre-attack", "MITRE ATT&CK", "MITRE", "https://attack.mitre.org/"},
}

func cisAWS(version string) Framework {
	return Framework{"cis-" + version, "CIS AWS Foundations " + version, "Center for Internet Security", "https://www.cisecurity.org/benchmark/amazon_web_services"}
}

// FrameworkNamed is the framework with that id; one of which nothing else is
// known where the id is in no list.
func FrameworkNamed(id string) Framework {
	if i := FrameworkOrder(id); i < len(Frameworks) {
		return Frameworks[i]
	}
	return Framework{ID: id, Name: id}
}

// FrameworkOrder is the place of a framework in lists.
func FrameworkOrder(id string) int {
	for i, f := range Frameworks {
		if f.ID == id {
			return i
		}
	}
	return len(Frameworks)
}

// ByFramework are the controls of a check in the order of frameworks, each
// framework in a line: "CIS AWS Foundations 5.0: 1.3, 1.4".
func (c *Check) ByFramework() []string {
	var order []string
	ids := map[string][]string{}
	for _, f := range Frameworks {
		order = append(order, f.ID)
	}
	for _, control := range c.Controls {
		if !slices.Contains(order, control.Framework) {
			order = append(order, control.Framework)
		}
		ids[control.Framework] = append(ids[control.Framework], control.ID)
	}
	var out []string
	for _, framework := range order {
		if list := ids[framework]; len(list) > 0 {
			out = append(out, FrameworkNamed(framework).Name+": "+strings.Join(list, ", "))
		}
	}
	return out
}

// DocHeadings are the questions that the paragraphs of a check's Doc answer.
var DocHeadings = [...]string{"What it finds", "Why it matters", "When it is fine"}
