#!/usr/bin/env bash
# Pipelines that are killed at thirty instants each, one with rounds and sweeps, end with the same bytes in every step's result. Minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
dotnet test tests/TaskDsl.App.Tests -c Release --filter "Category=Long&FullyQualifiedName~PipelineKillTests" \
  -- RunConfiguration.TreatNoTestsAsError=true
