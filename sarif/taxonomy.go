package sarif

import (
	"sort"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/iamvet/iamvet/analyzer"
)

// taxonomies are the frameworks whose controls the rules of a run support, one
// component each, in the order in which frameworks are listed.
type taxonomies struct {
	list []*sarif.ToolComponent
	at   map[analyzer.Control]reference
}

func newTaxonomies(checks []*analyzer.Check) *taxonomies {
	byFramework := map[string][]analyzer.Control{}
	seen := map[analyzer.Control]bool{}
	for _, check := range checks {
		for _, c := range check.Controls {
			if !seen[c] {
				seen[c] = true
				byFramework[c.Framework] = append(byFramework[c.Framework], c)
			}
		}
	}
	var ids []string
	for id := range byFramework {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool {
		a, b := analyzer.FrameworkOrder(ids[i]), analyzer.FrameworkOrder(ids[j])
		return a < b || a == b && ids[i] < ids[j]
	})
	t := &taxonomies{at: map[analyzer.Control]reference{}}
	for _, id := range ids {
		t.add(analyzer.FrameworkNamed(id), byFramework[id])
	}
	return t
}

func (t *taxonomies) add(f analyzer.Framework, controls []analyzer.Control) {
	component := &sarif.ToolComponent{
		Name:             f.ID,
		FullName:         ptr(f.Name),
		Organization:     notEmpty(f.Publisher),
		ShortDescription: multiformat(sentence(f.Name), ""),
		InformationURI:   notEmpty(f.URL),
		Rules:            []*sarif.ReportingDescriptor{}, // go-sarif writes null otherwise
	}
	for i, c := range controls {
		component.Taxa = append(component.Taxa, &sarif.ReportingDescriptor{ID: c.ID, ShortDescription: multiformat(sentence(f.Name+", "+c.ID), "")})
		t.at[c] = reference{ID: c.ID, Index: i, ToolComponent: componentReference{f.ID, len(t.list)}}
	}
	t.list = append(t.list, component)
}

// of are the relations of a rule to the controls that it supports.
func (t *taxonomies) of(c *analyzer.Check) []relationship {
	var out []relationship
	for _, control := range c.Controls {
		out = append(out, relationship{t.at[control]})
	}
	return out
}

// supported are the references of the driver to all of them.
func (t *taxonomies) supported() []componentReference {
	var out []componentReference
	for i, c := range t.list {
		out = append(out, componentReference{c.Name, i})
	}
	return out
}

// The types below take the place of those of go-sarif that lack a rule's
// relationships, or write null for what is not set.
type (
	logFile struct {
		Version string `json:"version"`
		Schema  string `json:"$schema"`
		Runs    []run  `json:"runs"`
	}
	run struct {
		Tool tool `json:"tool"`
		*sarif.Run
	}
	tool struct {
		Driver driver `json:"driver"`
	}
	driver struct {
		*sarif.ToolComponent
		Rules               []rule               `json:"rules"`
		SupportedTaxonomies []componentReference `json:"supportedTaxonomies,omitempty"`
	}
	rule struct {
		*sarif.ReportingDescriptor
		Relationships []relationship `json:"relationships,omitempty"`
	}
	relationship struct {
		Target reference `json:"target"`
	}
	reference struct {
		ID            string             `json:"id"`
		Index         int                `json:"index"`
		ToolComponent componentReference `json:"toolComponent"`
	}
	componentReference struct {
		Name  string `json:"name"`
		Index int    `json:"index"`
	}
)
