#!/usr/bin/env bash
# A desk published in three ways and run where nothing else lies, and several projects as one desk, from the packages alone. Three minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
dotnet test tests/TaskDsl.Generators.Tests -c Release \
  --filter "Category=Long&(FullyQualifiedName~PublishingTests|FullyQualifiedName~Packaging.SeveralProjectsTests)" \
  -- RunConfiguration.TreatNoTestsAsError=true
