package plan

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
)

// State reads a state: the JSON that terraform show -json prints of one, or a raw
// .tfstate file of version 4. name is for messages.
func (r Reading) State(in io.Reader, name string) (*Evidence, error) {
	file, kind, err := readFile(in, name, "state")
	if err != nil {
		return nil, err
	}
	members, err := sectionsOf(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	l := r.evidence(file)
	if kind == RawState {
		err = l.readRawState(members)
	} else {
		err = l.readState(members)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Evidence) readState(members sections) error {
	var format string
	if err := members.read("format_version", &format); err != nil {
		return fmt.Errorf("%s: %w", l.File.Name, err)
	}
	if err := checkFormat(l.File.Name, format); err != nil {
		return err
	}
	_ = members.read("terraform_version", &l.version) // absent, or of no use
	if err := members.walk("values", func(t jsonText) error {
		return t.member("root_module", func(t jsonText) error {
			return l.addModule(t, func(*Resource) bool { return true })
		})
	}); err != nil {
		return fmt.Errorf("%s: %w", l.File.Name, err)
	}
	l.finish(false)
	return nil
}

// rawResource is a resource block of a .tfstate file: unlike terraform show, it
// groups the instances by block, and lists sensitive attributes as paths.
// https://github.com/hashicorp/terraform/blob/main/internal/states/statefile/version4.go
type rawResource struct {
	Module    string `json:"module"`
	Mode      string `json:"mode"`
	Type      string `json:"type"`
	Name      string `json:"name"`
	Provider  string `json:"provider"`
	Instances []struct {
		IndexKey            any               `json:"index_key"`
		Deposed             string            `json:"deposed"`
		Attributes          map[string]any    `json:"attributes"`
		AttributesFlat      map[string]string `json:"attributes_flat"`
		SensitiveAttributes json.RawMessage   `json:"sensitive_attributes"`
	} `json:"instances"`
}

func (l *Evidence) readRawState(members sections) error {
	var version int
	if err := members.read("version", &version); err != nil {
		return fmt.Errorf("%s: %w", l.File.Name, err)
	}
	_ = members.read("terraform_version", &l.version) // absent, or of no use
	switch {
	case version > 4:
		return fmt.Errorf("%s is a state of version %d, which is not known: run `terraform show -json > state.json`, and name state.json", l.File.Name, version)
	case version < 4:
		by := ""
		if l.version != "" {
			by = ", written by Terraform " + l.version
		}
		return fmt.Errorf("%s is a state of version %d%s: upgrade it with `terraform apply -refresh-only` of Terraform 0.13 or later, or run `terraform show -json > state.json` and name state.json", l.File.Name, version, by)
	}
	var resources []*rawResource
	if err := members.read("resources", &resources); err != nil {
		return fmt.Errorf("%s: %w", l.File.Name, err)
	}
	for _, raw := range resources {
		if raw == nil {
			continue
		}
		l.providedBy(raw.Provider)
		for _, i := range raw.Instances {
			if i.Deposed != "" {
				continue
			}
			r := &Resource{Type: raw.Type, Name: raw.Name, Module: raw.Module, sensitive: sensitivePaths(i.SensitiveAttributes)}
			if raw.Mode == "data" {
				r.Mode = addrs.Data
			}
			if i.Attributes != nil {
				if raw.Type == "terraform_data" {
					unwrapDynamic(i.Attributes)
				}
				r.after = i.Attributes
			} else if i.AttributesFlat != nil {
				l.reading.Gap(source.Gap{Kind: source.LimitGap, File: l.File.Name,
					Reason: fmt.Sprintf("the attributes of %s are in the form of Terraform 0.11: `terraform apply -refresh-only` upgrades them", r.block())})
				r.unknown = map[string]any{}
			}
			r.Address = r.block() + indexKey(i.IndexKey)
			r.setKey(i.IndexKey)
			l.add(r)
		}
	}
	l.finish(false)
	return nil
}

// unwrapDynamic takes the values of attributes that may be of any type out of
// the objects {"value": …, "type": …} that a state file keeps them in.
func unwrapDynamic(attributes map[string]any) {
	for _, name := range []string{"input", "output", "triggers_replace"} {
		if o, ok := attributes[name].(map[string]any); ok && len(o) == 2 && o["type"] != nil {
			attributes[name] = o["value"]
		}
	}
}

// sensitivePaths turns the paths of a raw state, each a list of steps, to the
// form of sensitive_values. What is not one of attribute names alone marks the
// attribute that it begins with.
func sensitivePaths(raw json.RawMessage) any {
	var paths [][]struct {
		Type  string `json:"type"`
		Value any    `json:"value"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &paths) != nil {
		return nil
	}
	out := map[string]any{}
	for _, p := range paths {
		if len(p) == 0 {
			return true
		}
		if name, ok := p[0].Value.(string); ok {
			out[name] = true
		}
	}
	return out
}
