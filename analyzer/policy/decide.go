package policy

// Match is why a statement does or does not match a request.
type Match struct {
	Statement *Statement
	Result    Tri
	// Element is the element that decided a False or kept it Unknown:
	// "Principal", "Action", "Resource", "Condition"; "" when all match, or
	// when too little is known of the statement.
	Element   string
	Condition *Condition // when Element is Condition
	// Why is in words, to follow "statement 1": "tests aws:MultiFactorAuthPresent
	// with Bool, which does not match an absent key".
	Why string
}

// Outcome is a decision in one word.
type Outcome string

// The outcomes. NotApplicable means that no statement matches.
const (
	Denied        Outcome = "denied"
	Allowed       Outcome = "allowed"
	NotApplicable Outcome = "not-applicable"
	Undecided     Outcome = "unknown"
)

// Decision is what documents say about a request.
type Decision struct {
	Denied  Tri // an explicit Deny matches
	Granted Tri // an Allow matches, whatever the Denies do
	Allowed Tri // Granted and not Denied
	// Deciding are the statements that match or may match and bear on the
	// outcome, in order: of a True Denied the Denies that match.
	Deciding []*Statement
}
