#!/usr/bin/env bash
# The check for a GPU (tests/Gpu): packed, run elsewhere on the CPU with small sizes, and what it says of what goes wrong.
# Five minutes, those of packing among them.
set -euo pipefail
cd "$(dirname "$0")/../.."
dotnet test tests/TaskDsl.Generators.Tests -c Release --filter "Category=Long&FullyQualifiedName~GpuCheckTests" \
  -- RunConfiguration.TreatNoTestsAsError=true
