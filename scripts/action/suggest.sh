#!/usr/bin/env bash
# A step of action.yml: posts the fixes that the SARIF file has as suggestions on the pull
# request, by reviewdog, which is installed. Who may not write there, as the token of a
# fork's pull request may not, gets them in the log.
set -euo pipefail

cd "$GITHUB_WORKSPACE"
reviewdog -name=iamvet -f=sarif -reporter=github-pr-review -filter-mode=added -fail-level=none <"$IAMVET_SARIF_FILE" ||
  echo "::warning title=iamvet::the suggestions were not posted: the token needs pull-requests: write"
