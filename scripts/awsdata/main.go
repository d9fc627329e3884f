// Command awsdata prints how AWS's published data, read by scripts/aws-data.sh,
// differs from the tables that verdicts rest on.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/iamvet/iamvet/analyzer/aws"
	"github.com/iamvet/iamvet/analyzer/proof"
)

// published is what AWS publishes.
type published struct {
	Updated string
	Keys    []struct{ Name, Type, Category string }
	Actions []string // service:Name
	// Controlled are the services that resource control policies bind.
	Controlled []string
}

// types are the names of the types of keys.
var types = map[aws.Type]string{
	aws.String: "String", aws.Bool: "Bool", aws.Numeric: "Numeric", aws.Date: "Date",
	aws.IPAddress: "IPAddress", aws.ARN: "ARN", aws.ArrayOfString: "ArrayOfString",
}

// known are differences that were looked at: AWS's page of global condition keys
// has another type, or iamvet treats both alike.
var known = map[string]bool{
	"aws:SourceVpcArn is String, and ARN in the table":                          true,
	"sts:RequestContextProviders is ArrayOfARN, and ArrayOfString in the table": true,
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "awsdata: give it the file that scripts/aws-data.sh makes")
		os.Exit(2)
	}
	bytes, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	var data published
	if err := json.Unmarshal(bytes, &data); err != nil {
		fmt.Fprintln(os.Stderr, os.Args[1]+":", err)
		os.Exit(2)
	}
	fmt.Printf("published %s; the tables are as of %s, from %s\n", data.Updated, aws.AsOf, aws.Published)
	for _, t := range aws.Tables() {
		fmt.Printf("  %s: %s, as of %s, by %s\n", t.File, t.Name, t.AsOf, t.Source)
	}
	differs := differences(data)
	for _, d := range differs {
		fmt.Println(d)
	}
	if len(differs) > 0 {
		os.Exit(1)
	}
	fmt.Println("nothing differs")
}

func differences(data published) []string {
	var out []string
	add := func(format string, args ...any) {
		if text := fmt.Sprintf(format, args...); !known[text] {
			out = append(out, text)
		}
	}
	for _, k := range data.Keys {
		name := strings.NewReplacer("tag-key", "x", "${ContextKey}", "x").Replace(k.Name)
		switch entry, ok := aws.KeyNamed(name); {
		case !ok && !strings.HasPrefix(name, "sts:RequestContext/"):
			add("new: condition key %s (%s, %s)", k.Name, k.Type, k.Category)
		case ok && types[entry.Type] != k.Type:
			add("%s is %s, and %s in the table", k.Name, k.Type, types[entry.Type])
		case ok && k.Category == "session" && strings.Contains(name, ":") && !strings.HasPrefix(name, "aws:") && !entry.Session:
			add("%s is of sessions, and not in the table", k.Name)
		}
	}
	for _, action := range proof.NamedActions() {
		if !slices.ContainsFunc(data.Actions, func(a string) bool { return strings.EqualFold(a, action) }) {
			add("gone: action %s", action)
		} else if !slices.Contains(data.Actions, action) && action != strings.ToLower(action) {
			add("action %s is spelled otherwise", action)
		}
	}
	for _, action := range data.Actions {
		if strings.HasPrefix(action, "signin:") && !proof.KnownSignIn(action) {
			add("new: action %s: does it only sign in?", action)
		}
	}
	for _, service := range []string{"sts", "signin"} {
		if !slices.Contains(data.Controlled, service) {
			add("resource control policies do not bind %s any more", service)
		}
	}
	if slices.Contains(data.Controlled, "iam") {
		add("new: resource control policies bind iam")
	}
	return out
}
