#!/usr/bin/env bash
# A training run that is killed at more than a hundred instants, and one on few bits at thirty, ends with the same bytes. Some minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
dotnet test tests/TaskDsl.Torch.Tests -c Release --filter "Category=Long&FullyQualifiedName~KillTests" \
  -- RunConfiguration.TreatNoTestsAsError=true
