#!/usr/bin/env bash
# First step of action.yml: puts a binary under RUNNER_TEMP and its path into
# the output "binary". A release is used only if its checksum is the published
# one.
set -euo pipefail

fail() {
  echo "::error title=iamvet::$*"
  exit 1
}

version=$IAMVET_VERSION
if [ -z "$version" ]; then
  if [[ $IAMVET_REF =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]]; then version=$IAMVET_REF; else version=source; fi
fi

dir=$RUNNER_TEMP/iamvet-bin
mkdir -p "$dir"
suffix=
[ "$RUNNER_OS" != Windows ] || suffix=.exe
binary=$dir/iamvet$suffix

if [ "$version" = source ]; then
  command -v go >/dev/null || fail "version source needs Go on the runner; add actions/setup-go, or name a release in the input version"
  (cd "$GITHUB_ACTION_PATH" && CGO_ENABLED=0 go build -trimpath -o "$binary" ./cmd/iamvet)
else
  if [ "$version" = latest ]; then
    # The address of the newest release ends with its version.
    url=$(curl -fsSL --retry 3 -o /dev/null -w '%{url_effective}' "${IAMVET_MIRROR%/download}/latest")
    version=${url##*/}
  fi
  [[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+([-.+][0-9A-Za-z.+-]+)?$ ]] ||
    fail "version $version is not a release such as v0.1.0, latest or source"
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
  archive=iamvet_${version#v}_${os}_$arch.tar.gz
  [ "$os" != windows ] || archive=${archive%.tar.gz}.zip
  cd "$dir"
  curl -fsSL --retry 3 -o checksums.txt "$IAMVET_MIRROR/$version/checksums.txt"
  curl -fsSL --retry 3 -o "$archive" "$IAMVET_MIRROR/$version/$archive"
  want=$(awk -v name="$archive" '$2 == name { print $1 }' checksums.txt)
  [ -n "$want" ] || fail "$archive is not in the checksums of $version"
  if command -v sha256sum >/dev/null; then got=$(sha256sum "$archive"); else got=$(shasum -a 256 "$archive"); fi
  [ "${got%% *}" = "$want" ] || fail "$archive does not have the checksum that $version publishes"
  if [ "$os" = windows ]; then unzip -oq "$archive" "iamvet$suffix"; else tar -xzf "$archive" iamvet; fi
fi

"$binary" version
echo "binary=$binary" >>"$GITHUB_OUTPUT"
