#!/usr/bin/env bash
# Last step of action.yml: fails the job as the scan would have.
set -euo pipefail

case $IAMVET_EXIT_CODE in
  0) ;;
  1) echo "::error title=iamvet::$IAMVET_FINDINGS violations; the log of the step Scan has the requests and the diffs" ;;
  2) echo "::error title=iamvet::something could not be read, or there was nothing to look at; the log of the step Scan says what" ;;
  *) echo "::error title=iamvet::the scan ended with status $IAMVET_EXIT_CODE" ;;
esac
exit "$IAMVET_EXIT_CODE"
