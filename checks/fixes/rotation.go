package fixes

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/identity"
	"github.com/iamvet/iamvet/analyzer/source"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// Rotation is a key that is not rotated in time.
type Rotation struct {
	Key   *identity.AccessKey
	Limit int // days
}

// Wire names a rotation in the replace_triggered_by of the key, and shortens its
// period where that is too long.
func (c *Rotation) Wire(r *terraform.Resource) []*analyzer.Fix {
	key := c.Key.Resource
	reference := "time_rotating." + r.Name
	switch {
	case r.Key == "":
	case strings.Contains(r.Key, "?"):
		return nil
	case key.Key == "":
		reference += r.Key
	case key.Key != r.Key:
		return nil
	case strings.HasPrefix(r.Key, `["`):
		reference += "[each.key]"
	default:
		reference += "[count.index]"
	}
	var edits []source.Edit
	if p := identity.PeriodOf(r); !p.Known {
		return nil
	} else if p.Once || p.Days > c.Limit {
		var err error
		if edits, err = c.period(r); err != nil {
			return nil
		}
	}
	trigger := edit.Reference(reference)
	more, err := edit.InsertBlock(key.Block, "lifecycle", edit.Block(edit.Member{Name: "replace_triggered_by", Value: edit.List(trigger)}))
	if lifecycle := edit.NestedBlock(key.Body, "lifecycle"); !lifecycle.IsZero() {
		more, err = edit.AppendToList(lifecycle, "replace_triggered_by", trigger)
	}
	if err != nil {
		return nil
	}
	fix := &analyzer.Fix{Message: "replace the key when the rotation is due; whatever reads it has to follow", Grade: analyzer.Narrowing, Edits: append(edits, more...)}
	return []*analyzer.Fix{fix.Leaves(analyzer.Note)}
}

// Shorten gives a rotation a period that is short enough.
func (c *Rotation) Shorten(r *terraform.Resource) []*analyzer.Fix {
	edits, err := c.period(r)
	if err != nil {
		return nil
	}
	fix := &analyzer.Fix{Message: fmt.Sprintf("replace the key every %d days; whatever reads it has to follow", c.Limit), Grade: analyzer.Narrowing, Edits: edits}
	return []*analyzer.Fix{fix.Leaves(analyzer.Note)}
}

var aNumber = regexp.MustCompile(`^[0-9]+$`)

// period sets the period of a rotation in days. What other instances and callers
// make of an expression stays as it is where it is shorter, which is why an expression
// is bounded by min() and not replaced.
func (c *Rotation) period(r *terraform.Resource) ([]source.Edit, error) {
	if r.Body.IsZero() {
		return nil, errors.New("the rotation stands nowhere")
	}
	units, limit := identity.PeriodAttributes(r), fmt.Sprint(c.Limit)
	switch {
	case len(units) == 0:
		return edit.SetAttribute(r.Body, "rotation_days", edit.Number(limit))
	case len(units) > 1:
		return nil, errors.New("the rotation has several periods")
	case units[0] != "rotation_days":
		if text, _ := written(r, units[0]); !aNumber.MatchString(text) {
			return nil, errors.New("the period is not written there")
		}
		return edit.RenameMember(r.Block, units[0], "rotation_days", edit.Number(limit))
	}
	text, ok := written(r, "rotation_days")
	switch {
	case aNumber.MatchString(text):
		return edit.SetAttribute(r.Body, "rotation_days", edit.Number(limit))
	case !ok || strings.Contains(text, "\n"):
		return nil, errors.New("the period is not written there")
	}
	return edit.SetAttribute(r.Body, "rotation_days", edit.Raw(fmt.Sprintf("min(%s, %s)", text, limit)))
}
