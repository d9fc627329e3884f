#!/usr/bin/env bash
# First step of action.yml: puts a binary into the tool cache of the runner, or under
# RUNNER_TEMP where it has none, and its path into the output "binary". A release is used
# only if its checksum is the published one.
set -euo pipefail

fail() {
  echo "::error title=iamvet::$*"
  exit 1
}

# tagOf COMMIT is the newest release whose tag points to a commit of this action.
tagOf() {
  git ls-remote --tags "$IAMVET_SOURCE" 2>/dev/null |
    awk -v commit="$1" '$1 == commit { sub(/^refs\/tags\//, "", $2); sub(/\^\{\}$/, "", $2); print $2 }' |
    grep -E '^v[0-9]+\.[0-9]+\.[0-9]+$' | sort -t. -k1.2,1n -k2,2n -k3,3n | tail -n 1 || true
}

version=$IAMVET_VERSION
if [ -z "$version" ]; then
  if [[ $IAMVET_REF =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]]; then
    version=$IAMVET_REF
  elif [[ $IAMVET_REF =~ ^[0-9a-f]{40}$ ]]; then
    version=$(tagOf "$IAMVET_REF")
  fi
  [ -n "$version" ] || version=source
fi

dir=$RUNNER_TEMP/iamvet-bin
suffix=
[ "$RUNNER_OS" != Windows ] || suffix=.exe
binary=$dir/iamvet$suffix

if [ "$version" = source ]; then
  command -v go >/dev/null || fail "version source needs Go on the runner; add actions/setup-go, or name a release in the input version"
  mkdir -p "$dir"
  (cd "$GITHUB_ACTION_PATH" && CGO_ENABLED=0 go build -trimpath -o "$binary" ./cmd/iamvet)
else
  if [ "$version" = latest ]; then
    # The address of the newest release ends with its version.
    url=$(curl -fsSL --retry 3 -o /dev/null -w '%{url_effective}' "${IAMVET_MIRROR%/download}/latest")
    version=${url##*/}
  fi
  [[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+([-.+][0-9A-Za-z.+-]+)?$ ]] ||
    fail "version $version is not a release such as v1.2.3, latest or source"
  case $RUNNER_OS in
    Linux) os=linux ;;
    macOS) os=darwin ;;
    Windows) os=windows ;;
    *) fail "no release for $RUNNER_OS; use version source" ;;
  esac
  case $RUNNER_ARCH in
    X64) arch=amd64 ;;
    ARM64) arch=arm64 ;;
    *) fail "no release for $RUNNER_ARCH; use version source" ;;
  esac
  # As actions/tool-cache lays it out: a directory for each version and architecture, whole
  # where a file beside it says so. Runners of one's own keep it.
  if [ -n "${RUNNER_TOOL_CACHE:-}" ]; then dir=$RUNNER_TOOL_CACHE/iamvet/${version#v}/$arch; fi
  binary=$dir/iamvet$suffix
  if [ ! -x "$binary" ] || [ ! -e "$dir.complete" ]; then
    archive=iamvet_${version#v}_${os}_$arch.tar.gz
    [ "$os" != windows ] || archive=${archive%.tar.gz}.zip
    rm -rf "$dir" "$dir.complete"
    mkdir -p "$dir"
    cd "$dir"
    curl -fsSL --retry 3 -o checksums.txt "$IAMVET_MIRROR/$version/checksums.txt"
    curl -fsSL --retry 3 -o "$archive" "$IAMVET_MIRROR/$version/$archive"
    want=$(awk -v name="$archive" '$2 == name { print $1 }' checksums.txt)
    [ -n "$want" ] || fail "$archive is not in the checksums of $version"
    if command -v sha256sum >/dev/null; then got=$(sha256sum "$archive"); else got=$(shasum -a 256 "$archive"); fi
    [ "${got%% *}" = "$want" ] || fail "$archive does not have the checksum that $version publishes"
    if [ "$os" = windows ]; then unzip -oq "$archive" "iamvet$suffix"; else tar -xzf "$archive" iamvet; fi
    rm "$archive"
    touch "$dir.complete"
  fi
fi

"$binary" version
echo "binary=$binary" >>"$GITHUB_OUTPUT"
