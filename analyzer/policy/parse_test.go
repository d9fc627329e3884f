package policy

import (
	"strings"
	"testing"

	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/value"
)

// hole is an unknown value with a reason.
func hole() *value.Value { return value.UnknownBecause("var.x has no value", source.Span{}) }

// withHoles is a text in which each ‹› is a hole.
func withHoles(text string) *value.Value {
	v := &value.Value{Kind: value.String}
	for i, s := range strings.Split(text, "‹›") {
		if i > 0 {
			v.Parts = append(v.Parts, value.Part{Hole: hole()})
		}
		if s != "" {
			v.Parts = append(v.Parts, value.Part{Text: source.Computed(s, source.Span{})})
		}
	}
	return v
}

func TestProblems(t *testing.T) {
	const ok = `"Effect": "Deny", "Action": "*", "Resource": "*"`
	for _, tt := range []struct {
		text string
		want string // of the first problem; "" when there is none but lint
	}{
		{`{"Version": "2012-10-17", "Statement": [{` + ok + `}]}`, ""},
		{`{"Statement": {` + ok + `}}`, ""},
		{`{"Statement": {` + ok + `, "Condition": {}}}`, ""},
		{`{"Statement": []}`, ""},
		{`{}`, "policy has no Statement"},
		{`{"Version": "2012-10-18", "Statement": {` + ok + `}}`, "Version '2012-10-18' does not exist: 2012-10-17 is the current one"},
		{`{"Version": 2012, "Statement": {` + ok + `}}`, "Version is a number, not a string"},
		{`{"statement": {` + ok + `}}`, "policy has 'statement', which is spelled Statement"},
		{`{"Statement": {` + ok + `}, "Statement": {` + ok + `}}`, "policy has 'Statement' twice"},
		{`{"Statement": {` + ok + `, "Effect": "Allow"}}`, "statement has 'Effect' twice"},
		{`{"Statement": {` + ok + `, "Conditions": {}}}`, "statement has 'Conditions', which the policy language does not have"},
		{`{"Statement": {"Effect": "Denied", "Action": "*", "Resource": "*"}}`, "Effect 'Denied' is neither Allow nor Deny"},
		{`{"Statement": {"Action": "*", "Resource": "*"}}`, "statement has no Effect"},
		{`{"Statement": {"Effect": "Deny", "Resource": "*"}}`, "statement has neither Action nor NotAction"},
		{`{"Statement": {` + ok + `, "NotAction": "iam:*"}}`, "statement has both Action and NotAction"},
		{`{"Statement": {"Effect": "Deny", "Action": "iam", "Resource": "*"}}`, "Action 'iam' names no service"},
		{`{"Statement": {"Effect": "Deny", "Action": 1, "Resource": "*"}}`, "Action holds a number, not a string"},
		{`{"Statement": ["x"]}`, "statement is no object but a string"},
		{`{"Statement": {` + ok + `, "Condition": null}}`, "Condition is null"},
		{`{"Statement": {` + ok + `, "Condition": {"ConditionIfBoolExists": {"a:b": "true"}}}}`, "condition operator 'ConditionIfBoolExists' does not exist"},
		{`{"Statement": {` + ok + `, "Condition": {"NullIfExists": {"a:b": "true"}}}}`, "condition operator 'NullIfExists' does not exist"},
		{`{"Statement": {` + ok + `, "Condition": {"BoolNot": {"a:b": "true"}}}}`, "condition operator 'BoolNot' does not exist"},
		{`{"Statement": {` + ok + `, "Condition": {"boolifexists": {"a:b": "true"}}}}`, ""},
		{`{"Statement": {` + ok + `, "Condition": {"Bool": {"a:b": "true", "a:b": "false"}}}}`, "condition operator Bool has 'a:b' twice"},
		{`{"Statement": {` + ok + `, "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/33"}}}}`, "'10.0.0.0/33' is no IP address or CIDR block"},
		{`{"Statement": {` + ok + `, "Condition": {"Bool": {"a:b": {"c": "d"}}}}}`, "condition key 'a:b' is given an object, not a string"},
		{`{"Statement": {` + ok + `, "Principal": "arn:aws:iam::111122223333:root"}}`, "Principal is neither \"*\" nor an object"},
		{`{"Statement": {` + ok + `, "Principal": {"AWS": "arn:aws:iam::*:root"}}}`, "principal 'arn:aws:iam::*:root' holds a wildcard, which only stands alone in a Principal"},
		{`{"Statement": {` + ok + `, "Principal": {"AWS": "alice"}}}`, "principal 'alice' is neither an ARN, an account id nor *"},
		{`{"Statement": {` + ok + `, "Principal": {"Aws": "*"}}}`, "principal type 'Aws' does not exist"},
		{`{"Statement": {` + ok + `, "Principal": {"AWS": null}}}`, "principal type 'AWS' is null"},
		{`{"Statement": {"Effect": "Deny", "Action": " iam:CreateUser", "Resource": "*"}}`, ""},
		{`{"Statement": {` + ok + `, "Principal": "*", "NotPrincipal": "*"}}`, "statement has both Principal and NotPrincipal"},
	} {
		d := mustParse(t, tt.text)
		got := ""
		for _, p := range d.Problems {
			if !p.Lint && got == "" {
				got = p.Text
			}
		}
		if got != tt.want || d.Malformed() != (tt.want != "") {
			t.Errorf("%s\n got %q\nwant %q", tt.text, got, tt.want)
		}
		// What AWS refuses neither denies nor allows for certain.
		decision := d.Decide(&Request{Action: "iam:CreateUser", Resource: "*"})
		if tt.want != "" && (decision.Denied == True || decision.Granted == True) {
			t.Errorf("%s decides %+v", tt.text, decision)
		}
	}
}

func TestNotAPolicy(t *testing.T) {
	for text, want := range map[string]string{
		`[]`:           "policy is no JSON object but a list",
		`"x"`:          "policy is no JSON object but a string",
		`null`:         "policy is no JSON object but null",
		`{"a": 1,}`:    "",
		``:             "",
		`not a policy`: "",
	} {
		d, err := Parse(value.Str(text))
		if err == nil || want != "" && err.Error() != want {
			t.Errorf("%q: %+v, %v", text, d, err)
		}
	}
}

func TestValidate(t *testing.T) {
	for _, tt := range []struct {
		kind Kind
		text string
		bad  bool
	}{
		{SCP, `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}`, false},
		{SCP, `{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}`, true},
		{SCP, `{"Version": "2012-10-17", "Id": "x", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}`, true},
		{SCP, `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": "*"}}`, true},
		{SCP, `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*"}}`, true},
		{SCP, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::x", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}}`, false},
		{Identity, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}}`, true},
		{Identity, `{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`, false},
		{Trust, `{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}}`, false},
		{Trust, `{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}}`, true},
		{Trust, `{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": {"AWS": "111122223333"}}}`, true},
		{Trust, `{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*", "Resource": "*"}}`, true},
		{RCP, `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "sts:*", "Resource": "*", "Principal": "*"}}`, false},
		{RCP, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:*", "Resource": "*", "Principal": "*"}}`, true},
		{RCP, `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "NotAction": "sts:*", "Resource": "*", "Principal": "*"}}`, true},
		{Resource, `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "NotPrincipal": {"AWS": "111122223333"}}}`, false},
		{Resource, `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "NotPrincipal": {"AWS": "111122223333"}}}`, true},
	} {
		if d := mustParse(t, tt.text); d.MalformedAs(tt.kind) != tt.bad {
			t.Errorf("%s as %s: malformed is %v: %+v", tt.text, tt.kind, !tt.bad, d.Validate(tt.kind))
		}
	}
}

// TestUnknown: what is not known keeps the document open there and nowhere else.
func TestUnknown(t *testing.T) {
	create := &Request{Caller: &Caller{Kind: UserCaller, Account: "111122223333", Name: "alice"}, Action: "iam:CreateUser", Resource: "*"}
	for _, tt := range []struct {
		text string
		want Outcome
	}{
		{`‹›`, Undecided},
		{`{"Version": "‹›", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}`, Denied},
		{`{"Version": "2012-10-17", "Statement": ‹›}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}, ‹›]}`, Denied},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, ‹›]}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "‹›", "Action": "*", "Resource": "*"}]}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": ‹›, "Resource": "*"}]}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:‹›", "Resource": "*"}]}`, NotApplicable},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:‹›", "Resource": "*"}]}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": ["iam:*", ‹›], "Resource": "*"}]}`, Denied},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "NotAction": ["s3:*", ‹›], "Resource": "*"}]}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "NotAction": ["iam:*", ‹›], "Resource": "*"}]}`, NotApplicable},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": ‹›}]}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": ‹›}]}`, NotApplicable},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": ‹›}}]}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"‹›": {"aws:username": "alice"}}}]}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:‹›": "alice"}}}]}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:username": ["alice", "‹›"]}}}]}`, Denied},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:username": ["alice", "‹›"]}}}]}`, NotApplicable},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:username": ["bob", "‹›"]}}}]}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalArn": "arn:‹›:iam::‹›:root"}}}]}`, NotApplicable},
		{`{"Version": "‹›", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:username": "${aws:username}"}}}]}`, Undecided},
		{`{"Version": "‹›", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:username": "alice"}}}]}`, Denied},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": ‹›}]}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::‹›:role/dev"}}]}`, NotApplicable},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::‹›:user/alice"}}]}`, Undecided},
		{`{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": {"Service": "‹›"}}]}`, NotApplicable},
	} {
		d, err := Parse(withHoles(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got := d.Decide(create).Outcome(); got != tt.want {
			t.Errorf("%s: %s, want %s %+v", tt.text, got, tt.want, d.Problems)
		}
	}
	if d, err := Parse(nil); err != nil || !d.Open {
		t.Errorf("nil: %+v, %v", d, err)
	}
	if d, err := Parse(hole()); err != nil || !d.Open {
		t.Errorf("unknown: %+v, %v", d, err)
	}
}

// TestSpans: statements, conditions and principals lead back to the text.
func TestSpans(t *testing.T) {
	text := `{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ["111122223333", "*"]},
     "Condition": {"StringLike": {"sts:RoleSessionName": "${aws:username}*"}}}
  ]
}`
	f := source.NewFile("p.json", []byte(text))
	d, err := Parse(value.StrAt(source.Literal(source.Span{File: f, Start: 0, End: len(text)})))
	if err != nil || len(d.Statements) != 1 {
		t.Fatal(err, d)
	}
	s := d.Statements[0]
	for what, pair := range map[string][2]string{
		"statement": {s.Span().Text(), text[strings.Index(text, `{"Effect"`):strings.LastIndex(text, "\n  ]")]},
		"principal": {s.Principals[1].Value.Span.Text(), `"*"`},
		"action":    {s.Actions[0].Span().Text(), `"sts:AssumeRole"`},
		"condition": {s.Conditions[0].Span().Text(), `"sts:RoleSessionName": "${aws:username}*"`},
		"value":     {s.Conditions[0].Values[0].Span().Text(), `"${aws:username}*"`},
		"operator":  {s.Conditions[0].OperatorValue.Span.Text(), `"StringLike"`},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is at %q, want %q", what, pair[0], pair[1])
		}
	}
}
