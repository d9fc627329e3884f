package checks

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/iamvet/iamvet/analyzer/terraform"
	"github.com/iamvet/iamvet/analyzer/value"
)

// pack adds the rules of a conformance pack's template, YAML or JSON.
func (s *configRuleSet) pack(r *terraform.Resource) {
	body := r.Attr("template_body")
	text, ok := body.Text()
	if !ok {
		if body.Missing() {
			body = r.Attr("template_s3_uri")
		}
		s.open = append(s.open, value.Needs("the template of '"+r.Address+"' is not in the scan", r.Header, body)...)
		return
	}
	if r.Exists == value.Maybe {
		s.open = append(s.open, r.Why...)
		return
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "{") { // JSON has no comments
		text = yamlComment.ReplaceAllString(text, "")
	}
	for _, m := range sourceIdentifier.FindAllStringSubmatch(text, -1) {
		days, why := packDays(r, text, ageParameters[m[1]])
		s.rules = append(s.rules, configRule{r, m[1], days, why})
	}
}

// packDays is what a template gives the parameter of a rule: a number, or a
// parameter of the pack.
func packDays(r *terraform.Resource, template, parameter string) (days int, why []value.Reason) {
	for _, text := range underKey(template, parameter) {
		given, _, _ := strings.Cut(text, "Source") // of the rule, which comes after its parameters
		if m := leadingNumber.FindStringSubmatch(given); m != nil {
			n, _ := strconv.Atoi(m[1])
			days = max(days, n)
		} else if m := packReference.FindStringSubmatch(given); m != nil {
			n, reasons := packInput(r, template, m[1])
			days, why = max(days, n), append(why, reasons...)
		}
	}
	return days, why
}

// packInput is the parameter of a pack, as the resource sets it or by its
// default; 0 where it is no number, and why where it is not known.
func packInput(r *terraform.Resource, template, name string) (int, []value.Reason) {
	for _, input := range r.Attr("input_parameter").Elems {
		if input.Get("parameter_name").TextOr("") == name {
			given := input.Get("parameter_value")
			n, _ := strconv.Atoi(given.TextOr(""))
			return n, given.AllWhy()
		}
	}
	for _, text := range underKey(template, name) {
		text = strings.TrimLeft(text, " \t\r\n{")
		if end := nextMapping.FindStringIndex(text); end != nil {
			text = text[:end[0]]
		}
		if m := packDefault.FindStringSubmatch(text); m != nil {
			n, _ := strconv.Atoi(m[1])
			return n, nil
		}
	}
	return 0, nil
}

// underKey is what follows a key, wherever it stands in YAML or JSON.
func underKey(template, key string) []string {
	var out []string
	if key == "" {
		return nil
	}
	for _, at := range regexp.MustCompile(`(?m)(?:^|[\s{,])"?`+regexp.QuoteMeta(key)+`"?\s*:`).FindAllStringIndex(template, -1) {
		out = append(out, template[at[1]:])
	}
	return out
}
