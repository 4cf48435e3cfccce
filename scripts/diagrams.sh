#!/usr/bin/env bash
# Makes docs/diagrams/*.svg from the *.mmd beside them, each with the checksum of its source in its last line.
# Needs npm and a chromium (CHROMIUM=/path/to/it); a test compares the checksums.
set -euo pipefail
cd "$(dirname "$0")/../docs/diagrams"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
printf '{"executablePath": "%s", "args": ["--no-sandbox"]}\n' "${CHROMIUM:-/usr/bin/chromium}" > "$work/browser.json"
cat > "$work/mermaid.json" << 'END'
{"theme": "neutral", "htmlLabels": false, "flowchart": {"htmlLabels": false},
 "sequence": {"noteMargin": 16, "messageMargin": 28},
 "themeCSS": "rect.note { fill: #fff7d6; stroke: #c9b458 } .noteText, .noteText > tspan { fill: #222 }"}
END
if [ -z "${MMDC:-}" ]; then
    PUPPETEER_SKIP_DOWNLOAD=1 npm install --silent --no-save --prefix "$work" @mermaid-js/mermaid-cli@11
    MMDC="$work/node_modules/.bin/mmdc"
fi
for source in *.mmd; do
    svg="${source%.mmd}.svg"
    "$MMDC" --quiet --puppeteerConfigFile "$work/browser.json" --configFile "$work/mermaid.json" \
        --backgroundColor white --input "$source" --output "$svg"
    printf '\n<!-- made from %s, sha256 %s -->\n' "$source" "$(sha256sum "$source" | cut -d' ' -f1)" >> "$svg"
done
