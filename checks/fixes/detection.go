package fixes

import (
	"fmt"
	"strings"

	"github.com/iamvet/iamvet/analyzer"
	"github.com/iamvet/iamvet/analyzer/edit"
	"github.com/iamvet/iamvet/analyzer/terraform"
)

// AddConfigRules drafts the AWS Config rules that are missing, beside the recorder. It is a
// draft, since AWS Config costs money by rule and account.
func AddConfigRules(base *terraform.Resource, identifiers []string) []*analyzer.Fix {
	if base.Type != "aws_config_configuration_recorder" || base.Key != "" || base.Body.IsZero() || !strings.HasSuffix(base.Body.File.Name, ".tf") {
		return nil
	}
	var rules []string
	for _, id := range identifiers {
		rules = append(rules, fmt.Sprintf("    %q,", id))
	}
	text := fmt.Sprintf(`resource "aws_config_config_rule" "identity" {
  %sfor_each = toset([
%s
  ])

  name = lower(replace(each.key, "_", "-"))

  source {
    owner             = "AWS"
    source_identifier = each.key
  }

  %sdepends_on = [aws_config_configuration_recorder.%s]
}`, providerOf(base), strings.Join(rules, "\n"), tagsOf(neighbours(base, "aws_config_config_rule")), base.Name)
	edits, err := edit.InsertAfterBlock(base.Body, text)
	if err != nil {
		return nil
	}
	return []*analyzer.Fix{{Message: "add the AWS Config rules that are missing; AWS charges for each of them", Edits: edits}}
}

// WatchRoot drafts a rule that tells of root. Who is to be told, and that the
// other accounts need one too, is for people.
func WatchRoot(org *terraform.Resource) []*analyzer.Fix {
	provider := providerOf(org)
	return appended(org.Header, fmt.Sprintf(`resource "aws_cloudwatch_event_rule" "root_activity" {
  %sname        = "root-activity"
  description = "Root signs in or does anything"

  event_pattern = jsonencode({
    detail-type = ["AWS API Call via CloudTrail", "AWS Console Sign In via CloudTrail"]
    detail      = { userIdentity = { type = ["Root"] } }
  })
%s}

resource "aws_sns_topic" "root_activity" {
  %sname = "root-activity"
%s}

resource "aws_cloudwatch_event_target" "root_activity" {
  %srule = aws_cloudwatch_event_rule.root_activity.name
  arn  = aws_sns_topic.root_activity.arn
}
`, provider, tagsAfter(org, "aws_cloudwatch_event_rule"), provider, tagsAfter(org, "aws_sns_topic"), provider), "draft a rule that tells of root's activity in this account; subscribe people to the topic, and have the same in every member account")
}

// tagsAfter are the tags of neighbours of a type, as the last argument of a block.
func tagsAfter(near *terraform.Resource, typ string) string {
	if tags := tagsOf(neighbours(near, typ)); tags != "" {
		return "\n" + tags
	}
	return ""
}
