#!/bin/sh
# A custom policy check of Atlantis: atlantis.sh PLAN [ARGUMENT…], with arguments of iamvet
# scan. Atlantis looks at what is printed, and takes a status other than 0 for a check
# that broke: docs/ci.md.
plan=${1:?usage: atlantis.sh PLAN [ARGUMENT...]}
shift
iamvet scan --no-color "$@" --plan "${DIR:-.}=$plan" 2>&1 </dev/null
case $? in
  0) echo "1 test, 1 passed, 0 warnings, 0 failures, 0 exceptions" ;;
  1) echo "FAIL - iamvet: violations, see above
1 test, 0 passed, 0 warnings, 1 failure, 0 exceptions" ;;
  *) echo "FAIL - iamvet: not all of it could be read, see above
1 test, 0 passed, 0 warnings, 1 failure, 0 exceptions" ;;
esac
