package sarif

import "testing"

func TestProse(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"nothing of note", "nothing of note"},
		{"'aws_iam_role.ci_deploy' can be assumed", "`aws_iam_role.ci_deploy` can be assumed"},
		{"admits 'arn:*:iam::*:root' (by its name, 'root').", "admits `arn:*:iam::*:root` (by its name, `root`)."},
		{"the caller's name and the users' keys 'a' and 'b'", "the caller's name and the users' keys `a` and `b`"},
		{"require it to equal ${aws:username}.", "require it to equal `${aws:username}`."},
		{"equal '${aws:username}'", "equal `${aws:username}`"},
		{"statement 1 of _a_.tf:7 on *", `statement 1 of \_a\_.tf:7 on \*`},
		{"'a`b' <img> @all [x](1)", "'a\\`b' &lt;img> @\u200ball \\[x\\](1)"},
	} {
		if got := prose(test.text); got != test.want {
			t.Errorf("%s: %s, want %s", test.text, got, test.want)
		}
	}
}
