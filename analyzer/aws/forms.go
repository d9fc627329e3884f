package aws

import "strings"

// A Piece is one of the pieces that a value is made of: a text, or a run of some
// characters.
type Piece struct {
	Text        string // itself, when Characters is ""
	Characters  string
	Least, Most int
}

const (
	letters = "abcdefghijklmnopqrstuvwxyz"
	digits  = "0123456789"
	hex     = digits + "abcdef"
)

// Account is the form of an account's id.
var Account = []Piece{{Characters: digits, Least: 12, Most: 12}}

// forms are what the values of keys look like that AWS makes, or of which it says
// what people may choose, as alternatives.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
var forms = map[string][][]Piece{
	"aws:principalaccount": {Account},
	"aws:resourceaccount":  {Account},
	"aws:sourceaccount":    {Account},
	"aws:vpceaccount":      {Account},
	"aws:principalorgid":   {organization},
	"aws:resourceorgid":    {organization},
	"aws:sourceorgid":      {organization},
	"aws:vpceorgid":        {organization},
	"aws:sourcevpc":        resourceID("vpc-"),
	"aws:sourcevpce":       resourceID("vpce-"),
	"sts:rolesessionname":  {sessionName},
	"sts:sourceidentity":   {sessionName},
	"sts:externalid":       {{{Characters: nameCharacters + ":/", Least: 2, Most: 1224}}},
}

const nameCharacters = letters + digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ_+=,.@-"

// sessionName is what people may call the session of a role.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
var sessionName = []Piece{{Characters: nameCharacters, Least: 2, Most: 64}}

var organization = []Piece{{Text: "o-"}, {Characters: letters + digits, Least: 10, Most: 32}}

// resourceID is an id of EC2, of eight digits as they once were or of seventeen.
func resourceID(prefix string) [][]Piece {
	return [][]Piece{
		{{Text: prefix}, {Characters: hex, Least: 17, Most: 17}},
		{{Text: prefix}, {Characters: hex, Least: 8, Most: 8}},
	}
}

// Forms are what the values of a key look like in a partition, as alternatives;
// nil where they may be any text.
func Forms(key, partition string) [][]Piece {
	key = strings.ToLower(key)
	if key == "aws:requestedregion" {
		return regions(partition)
	}
	return forms[key]
}

// regions are what the names of a partition's regions look like: regions are
// opened, so that a list of them would be complete for a while only. What begins
// with the prefix of another partition is none of the usual one.
func regions(partition string) [][]Piece {
	number := []Piece{{Text: "-"}, {Characters: "123456789", Least: 1, Most: 1}}
	place := append([]Piece{{Characters: letters, Least: 2, Most: 12}}, number...)
	p, ok := PartitionNamed(partition)
	switch {
	case !ok:
		return nil
	case p.Name == "aws-eusc":
		return [][]Piece{append([]Piece{{Text: p.prefix}, {Characters: letters, Least: 2, Most: 2}, {Text: "-"}}, place...)}
	case p.prefix != "":
		return [][]Piece{append([]Piece{{Text: p.prefix}}, place...)}
	}
	var out [][]Piece
	for _, country := range [][]Piece{
		{{Characters: strings.ReplaceAll(letters, "c", ""), Least: 1, Most: 1}, {Characters: letters, Least: 1, Most: 1}},
		{{Text: "c"}, {Characters: strings.ReplaceAll(letters, "n", ""), Least: 1, Most: 1}},
	} {
		out = append(out, append(append(country, Piece{Text: "-"}), place...))
	}
	return out
}
