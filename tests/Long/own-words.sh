#!/usr/bin/env bash
# A user's own words, from the packages alone: checked, trained, saved, loaded, merged and resumed. Two minutes; part of .ci/run.
set -euo pipefail
cd "$(dirname "$0")/../.."
dotnet test tests/TaskDsl.Generators.Tests -c Release --filter "Category=Long&FullyQualifiedName~OwnWordsTests" \
  -- RunConfiguration.TreatNoTestsAsError=true
