#!/bin/bash
# Signs, notarises and checks the application, on a Mac with Apple's command line tools.
#
#   packaging/macos/sign.sh visio-desktop-0.1.0-macos-arm64.zip "Developer ID Application: NAME (TEAM)" PROFILE
#
# PROFILE is what `xcrun notarytool store-credentials PROFILE` has put into the keychain: no password is written here.
# The result lies beside the archive: ...-signed.zip, to be handed out or given to a device management.
set -euo pipefail
[ $# = 3 ] || { sed -n '2,8p' "$0"; exit 2; }
archive=$1 identity=$2 profile=$3
entitlements=$(cd "$(dirname "$0")" && pwd)/entitlements.plist
result=${archive%.zip}-signed.zip
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ditto -x -k "$archive" "$work"
app=$(echo "$work"/*.app)
sign() { codesign --force --timestamp --options runtime --sign "$identity" "$@"; }

# From the inside out: libraries and modules, then frameworks, then the application with what it may use.
find "$app/Contents" -type f \( -name '*.so' -o -name '*.dylib' \) -print0 |
    while IFS= read -r -d '' file; do sign "$file"; done
find "$app/Contents" -type d -name '*.framework' -print0 |
    while IFS= read -r -d '' folder; do sign "$folder"; done
sign --entitlements "$entitlements" "$app"
codesign --verify --deep --strict --verbose=2 "$app"

ditto -c -k --keepParent "$app" "$work/upload.zip"
xcrun notarytool submit "$work/upload.zip" --keychain-profile "$profile" --wait
xcrun stapler staple "$app"
xcrun stapler validate "$app"
spctl --assess --type execute --verbose=4 "$app"
ditto -c -k --keepParent "$app" "$result"
echo "$result"
