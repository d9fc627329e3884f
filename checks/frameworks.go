package checks

// Undecided are controls about identity that no rule decides, as far as the
// frameworks' texts were read: a framework, a control and what it asks for.
// Coverage names them, so that nobody takes silence for a pass.
var Undecided = []struct{ Framework, ID, Topic string }{
	{"cis-1.2", "1.9", "passwords have at least 14 characters"},
	{"cis-1.2", "1.10", "passwords are not used again"},
	{"cis-1.4", "1.8", "passwords have at least 14 characters"},
	{"cis-1.4", "1.9", "passwords are not used again"},
	{"cis-1.5", "1.8", "passwords have at least 14 characters"},
	{"cis-1.5", "1.9", "passwords are not used again"},
	{"cis-2.0", "1.8", "passwords have at least 14 characters"},
	{"cis-2.0", "1.9", "passwords are not used again"},
	{"cis-3.0", "1.8", "passwords have at least 14 characters"},
	{"cis-3.0", "1.9", "passwords are not used again"},
	{"cis-4.0.1", "1.8", "passwords have at least 14 characters"},
	{"cis-4.0.1", "1.9", "passwords are not used again"},
	{"cis-5.0", "1.7", "passwords have at least 14 characters"},
	{"cis-5.0", "1.8", "passwords are not used again"},
	{"cis-6.0", "2.7", "passwords have at least 14 characters"},
	{"cis-6.0", "2.8", "passwords are not used again"},
	{"cis-7.0", "2.1.1", "root access is managed centrally"},
	{"cis-7.0", "2.1.3", "the management account runs no workloads"},
	{"cis-7.0", "2.8", "passwords have at least 14 characters"},
	{"cis-7.0", "2.9", "passwords are not used again"},
	{"fsbp", "IAM.7", "the password policy is strong"},
	{"fsbp", "IAM.15", "passwords have at least 14 characters"},
	{"fsbp", "IAM.16", "passwords are not used again"},
	{"aws-config", "iam-password-policy", "the password policy is strong"},
}
