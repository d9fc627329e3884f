package plan

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform/addrs"
)

// ReadState reads a state: the JSON that terraform show -json prints of one, or a raw
// .tfstate file of version 4. See ReadPlan.
func ReadState(ctx context.Context, in io.Reader, name string, matters func(typ string) bool) (*Index, error) {
	f, err := open(ctx, in, name, "state")
	if err != nil {
		return nil, err
	}
	s := newSections(f, matters)
	if err := f.read(s.stateMember); err != nil {
		return nil, err
	}
	if s.kind == RawState {
		err = s.finishRawState()
	} else {
		err = s.finishState()
	}
	if err != nil {
		return nil, err
	}
	return s.index, nil
}

// stateMember reads a member of a state of either form.
func (s *sections) stateMember(name string) {
	var err error
	switch name {
	case "format_version":
		err = s.decode(&s.format)
	case "version":
		err = s.decode(&s.version)
	case "terraform_version":
		_ = s.decode(&s.index.version) // of no use in another form
	case "values":
		s.values = nil
		err = s.member("root_module", func() (err error) {
			s.values, err = s.module()
			return err
		})
	case "resources":
		s.raw = nil
		err = s.elements(s.rawResource)
	}
	s.noted(name, err)
}

func (s *sections) finishState() error {
	if err := s.identified(); err != nil {
		return err
	}
	if err := s.wrong["values"]; err != nil {
		return fmt.Errorf("%s: %w", s.doc.name, err)
	}
	s.index.addModule(s.values, func(*Resource) bool { return true })
	s.index.finish(false)
	return nil
}

// rawResource is a resource block of a .tfstate file: unlike terraform show, it
// groups the instances by block, and lists sensitive attributes as paths.
// https://github.com/hashicorp/terraform/blob/main/internal/states/statefile/version4.go
type rawResource struct {
	module, mode, typ, name, provider string
	instances                         []*Resource
	texts                             [][]byte // of them, where they cannot be read again
	flat                              []bool   // those in the form of Terraform 0.11
}

func (s *sections) rawResource() error {
	raw := &rawResource{}
	into := map[string]*string{"module": &raw.module, "mode": &raw.mode, "type": &raw.typ, "name": &raw.name, "provider": &raw.provider}
	err := s.members(func(name string) error {
		if into[name] != nil {
			return s.decode(into[name])
		}
		if name != "instances" {
			return nil
		}
		raw.instances, raw.texts, raw.flat = nil, nil, nil
		return s.elements(func() error { return s.rawInstance(raw) })
	})
	if err != nil {
		return err
	}
	raw.typ, raw.module = s.name(raw.typ), s.name(raw.module)
	for i, t := range raw.texts {
		s.keep(raw.typ, raw.instances[i].at, t)
	}
	raw.texts = nil
	s.raw = append(s.raw, raw)
	return nil
}

func (s *sections) rawInstance(raw *rawResource) error {
	t, at, err := s.value()
	if err != nil {
		return err
	}
	var index any
	var deposed string
	var attributes, flat jsonText
	if err := t.fields(map[string]any{"index_key": &index, "deposed": &deposed, "attributes": &attributes, "attributes_flat": &flat}); err != nil || deposed != "" {
		return err
	}
	for _, o := range []jsonText{attributes, flat} {
		if !o.isNull() && o[0] != '{' {
			return fmt.Errorf("attributes: %w", errNoObject)
		}
	}
	raw.instances = append(raw.instances, &Resource{Key: indexKey(index), form: ofRaw, at: at})
	raw.flat = append(raw.flat, attributes.isNull() && !flat.isNull())
	if s.doc.keeps() {
		raw.texts = append(raw.texts, append([]byte(nil), t...))
	}
	return nil
}

func (s *sections) finishRawState() error {
	l := s.index
	if err := s.wrong["version"]; err != nil {
		return fmt.Errorf("%s: %w", s.doc.name, err)
	}
	switch {
	case s.version > 4:
		return fmt.Errorf("%s is a state of version %d, which is not known: run `terraform show -json > state.json`, and name state.json", s.doc.name, s.version)
	case s.version < 4:
		by := ""
		if l.version != "" {
			by = ", written by Terraform " + l.version
		}
		return fmt.Errorf("%s is a state of version %d%s: upgrade it with `terraform apply -refresh-only` of Terraform 0.13 or later, or run `terraform show -json > state.json` and name state.json", s.doc.name, s.version, by)
	}
	if err := s.wrong["resources"]; err != nil {
		return fmt.Errorf("%s: %w", s.doc.name, err)
	}
	for _, raw := range s.raw {
		l.providedBy(raw.provider)
		for i, r := range raw.instances {
			r.Module, r.Type, r.Name = raw.module, raw.typ, raw.name
			if raw.mode == "data" {
				r.Mode = addrs.Data
			}
			if raw.flat[i] {
				l.gap(source.LimitGap, fmt.Sprintf("the attributes of %s are in the form of Terraform 0.11: `terraform apply -refresh-only` upgrades them", r.block()))
			}
			r.Address = r.block() + r.Key
			r.place()
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
