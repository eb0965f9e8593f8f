#!/usr/bin/env bash
# Has a sidecar de-identify the studies below a folder, saves a picture of the first frame of each, and says where a
# person reviews them. Needs curl and the usual text tools.
#
#   ./client.sh http://localhost:5400 TOKEN-FILE /data/from-pacs PICTURES
set -euo pipefail
url=${1%/} token_file=$2 folder=$3 pictures=$4

# The token goes in by a configuration, because every user can read command lines.
ask() {
    curl --silent --show-error --fail-with-body --noproxy '*' --config <(printf 'header = "Authorization: Bearer %s"\n' "$(cat "$token_file")") "$@"
}

# The values of a member, wherever it stands; enough for UIDs and ids, which need no escapes.
members() {
    grep -o "\"$1\":\"[^\"]*\"" | cut -d '"' -f 4 || true
}

until curl --silent --noproxy '*' --fail "$url/readyz" >/dev/null; do sleep 1; done

quoted=${folder//\\/\\\\}
job=$(ask --json "{\"paths\": [\"${quoted//\"/\\\"}\"]}" "$url/v1/studies/deidentify" | members id | head -n 1)

# Server-sent events, until the one that says the end.
ask --no-buffer "$url/v1/jobs/$job/events" | while read -r line; do
    case $line in
        'data: '*) printf '%s\n' "$line" | members state | head -n 1 >&2 ;;
    esac
done

result=$(ask "$url/v1/jobs/$job")
for study in $(printf '%s' "$result" | members studyInstanceUid); do
    echo "$study"
    for series in $(ask "$url/v1/studies/$study" | members seriesInstanceUid | sort -u); do
        image=$(ask "$url/v1/studies/$study/series/$series" | members sopInstanceUid | head -n 1)
        # What has no pixels, such as a report, has no frame.
        ask --output "$pictures/$series.png" "$url/v1/studies/$study/series/$series/instances/$image/frames/1" 2>/dev/null || rm -f "$pictures/$series.png"
    done
done
echo "Review: $(ask --request POST "$url/v1/login-links" | members url)"
