package terraform

import (
	"errors"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// Functions of the AWS provider:
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/functions/arn_parse

var arnMembers = [...]string{"partition", "service", "region", "account_id", "resource"}

// arnSections are the five sections after "arn:". The resource may have colons
// itself.
func arnSections(s string) ([]string, error) {
	sections := strings.SplitN(s, ":", 6)
	if sections[0] != "arn" {
		return nil, errors.New("an ARN begins with \"arn:\"")
	}
	if len(sections) != 6 {
		return nil, errors.New("an ARN has six sections")
	}
	return sections[1:], nil
}

func (c *call) arnParse() (*value.Value, error) {
	s, ok, err := c.literal(0)
	if err != nil {
		return nil, err
	}
	if !ok {
		return c.unknown(cty.DynamicPseudoType), nil
	}
	sections, err := arnSections(s)
	if err != nil {
		return nil, err
	}
	out := map[string]*value.Value{}
	for i, name := range arnMembers {
		out[name] = c.text(sections[i])
	}
	v := value.ObjectOf(out)
	v.Span = c.sc.span
	return v, nil
}

func (c *call) arnBuild() (*value.Value, error) {
	colon := value.Part{Text: source.Computed(":", c.sc.span)}
	out := []value.Part{{Text: source.Computed("arn", c.sc.span)}}
	for i := range c.args {
		v, err := c.str(i)
		if err != nil {
			return nil, err
		}
		parts, _ := v.AsParts()
		out = append(append(out, colon), parts...)
	}
	return c.made(joinKnown(out, c.sc.span))
}

// joinKnown joins neighbouring texts that a call put together.
func joinKnown(parts []value.Part, span source.Span) []value.Part {
	if hasHoles(parts) {
		return parts
	}
	return []value.Part{{Text: source.Computed(knownPrefix(parts), span)}}
}

// trimIAMRolePath drops the path from the ARN of a role: IAM's ARNs of assumed
// roles have none.
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/functions/trim_iam_role_path
func (c *call) trimIAMRolePath() (*value.Value, error) {
	s, ok, err := c.literal(0)
	if err != nil {
		return nil, err
	}
	if !ok {
		return c.unknown(cty.String), nil
	}
	sections, err := arnSections(s)
	if err != nil {
		return nil, err
	}
	resource := sections[4]
	switch {
	case sections[1] != "iam":
		return nil, errors.New("the ARN is not of the service iam")
	case sections[2] != "":
		return nil, errors.New("the ARN of a role has no region")
	case !strings.HasPrefix(resource, "role/"):
		return nil, errors.New("the ARN is not of a role")
	}
	name := resource[strings.LastIndexByte(resource, '/')+1:]
	if resource == "role/"+name {
		return c.same()
	}
	return c.text(strings.TrimSuffix(s, resource) + "role/" + name), nil
}
