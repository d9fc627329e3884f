package proof

import (
	"maps"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/automaton"
	"github.com/iamvet/iamvet/analyzer/policy"
)

// An endpoint is what requests through a VPC endpoint carry: it has an account, in
// an organization, and is in a VPC. Anybody can have one, with any id but those
// that exist already.
type endpoint map[string]policy.ContextValue

// endpoints are VPC endpoints of others, one for every way in which policies can
// tell them apart; some keys come with requests to some services alone.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
type endpoints struct {
	of         []endpoint
	incomplete bool
}

// endpointFacets are the keys of an endpoint, made of its parts.
func endpointFacets(partition string) map[string][]piece {
	return map[string][]piece{
		"aws:vpceaccount":  {{part: "account"}},
		"aws:sourcevpc":    {{part: "vpc"}},
		"aws:sourcevpce":   {{part: "vpce"}},
		"aws:vpceorgid":    {{part: "organization"}},
		"aws:vpceorgpaths": {{part: "organization"}, {text: "/"}, {part: "units"}},
		"aws:sourcevpcarn": {{text: "arn:" + partition + ":ec2:"}, {part: "region"}, {text: ":"}, {part: "account"}, {text: ":vpc/"}, {part: "vpc"}},
	}
}

// units are the root and the units of an organization, as a path holds them.
var units = automaton.Language{
	Groups: []string{lowerLetters + digits, "-", "/"},
	Step: func(s int, r rune) int {
		switch {
		case s == 0 && r == 'r':
			return 1
		case s == 1 && r == '-':
			return 2
		case s >= 2 && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-'):
			return 3
		case s == 3 && r == '/':
			return 4
		}
		return -1
	},
	Accepts: func(s int) bool { return s == 4 },
}

// newEndpoints are the endpoints of others. What a policy spells out is its own:
// an account, an organization, a VPC or an endpoint is somebody's in particular.
func newEndpoints(docs []*policy.Document, partition string) *endpoints {
	pieces := endpointFacets(partition)
	facets := map[string]*facet{}
	own := map[string][]automaton.Glob{} // by part
	for _, d := range docs {
		for _, s := range d.Statements {
			for i := range s.Conditions {
				c := &s.Conditions[i]
				key := strings.ToLower(c.Key)
				if pieces[key] == nil || c.Operator.Family != policy.StringFamily && c.Operator.Family != policy.ARNFamily {
					continue
				}
				if facets[key] == nil {
					facets[key] = &facet{pieces: pieces[key]}
				}
				for _, p := range c.Values {
					g, possible, _ := p.Glob(nil)
					if !possible {
						continue
					}
					facets[key].globs = append(facets[key].globs, g)
					for part, text := range ownParts(key, p) {
						own[part] = append(own[part], automaton.Text(text))
					}
				}
			}
		}
	}
	lang := func(key string) automaton.Language {
		l, _ := languageOf(key, partition)
		return l
	}
	parts := []part{
		{name: "region", language: lang("aws:requestedregion"), seeds: []string{regionExample(partition)}},
		{name: "account", language: accountIDs, seeds: []string{exampleAccountIDs[1], exampleAccountIDs[0]}},
		{name: "vpc", language: lang("aws:sourcevpc"), seeds: []string{"vpc-0f0e0d0c0b0a09080"}},
		{name: "vpce", language: lang("aws:sourcevpce"), seeds: []string{"vpce-0f0e0d0c0b0a09080"}},
		{name: "organization", language: lang("aws:vpceorgid"), seeds: []string{foreignOrgID}},
		{name: "units", language: units, seeds: []string{"r-else/"}},
	}
	for i, p := range parts {
		parts[i].not = own[p.name]
	}
	var list []facet
	for _, key := range sortedKeys(facets) {
		list = append(list, *facets[key])
	}
	found, complete := compose(parts, list)
	out := &endpoints{incomplete: !complete}
	for _, v := range found {
		e := endpoint{}
		for key, ps := range pieces {
			var b strings.Builder
			for _, p := range ps {
				b.WriteString(p.text + v[p.part])
			}
			e[key] = policy.One(b.String())
			if policy.MultiValued(key) {
				e[key] = policy.Many(b.String())
			}
		}
		out.of = append(out.of, e)
	}
	for _, key := range sortedKeys(facets) {
		if slices.Contains(alwaysThrough, key) {
			continue
		}
		for _, e := range slices.Clone(out.of) { // called for a service that does not fill in the key
			without := maps.Clone(e)
			without[key] = policy.ContextValue{}
			out.of = append(out.of, without)
		}
	}
	return out
}

// ownParts are the parts of an endpoint that a pattern spells out.
func ownParts(key string, p policy.Pattern) map[string]string {
	text, known := p.Text()
	if !known || len(p.Variables()) > 0 {
		return nil
	}
	whole := func(s string) bool { return s != "" && (!p.HasWildcard() || !strings.ContainsAny(s, "*?")) }
	out := map[string]string{}
	note := func(part, s string) {
		if whole(s) {
			out[part] = s
		}
	}
	switch key {
	case "aws:sourcevpcarn":
		if segments := strings.SplitN(text, ":", 6); len(segments) == 6 {
			note("account", segments[4])
			note("vpc", strings.TrimPrefix(segments[5], "vpc/"))
		}
	case "aws:vpceorgpaths":
		organization, _, _ := strings.Cut(text, "/")
		note("organization", organization)
	default:
		note(map[string]string{
			"aws:vpceaccount": "account", "aws:sourcevpc": "vpc", "aws:sourcevpce": "vpce", "aws:vpceorgid": "organization",
		}[key], text)
	}
	return out
}

// regionExample is a region of a partition, to show.
func regionExample(partition string) string {
	if r, ok := regionExamples[partition]; ok {
		return r
	}
	return regionExamples["aws"]
}

var regionExamples = map[string]string{
	"aws": "us-east-1", "aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1", "aws-eusc": "eusc-de-east-1",
	"aws-iso": "us-iso-east-1", "aws-iso-b": "us-isob-east-1", "aws-iso-e": "eu-isoe-west-1", "aws-iso-f": "us-isof-south-1",
}
