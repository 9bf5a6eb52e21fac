#!/usr/bin/env bash
# A training run that is killed at more than a hundred instants ends with the same bytes. Some minutes; part of .ci/run.
set -euo pipefail
cd "$(dirname "$0")/../.."
dotnet test tests/TaskDsl.Torch.Tests -c Release --filter "Category=Long&FullyQualifiedName~KillTests" \
  -- RunConfiguration.TreatNoTestsAsError=true
