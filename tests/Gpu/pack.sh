#!/usr/bin/env bash
# Packs the check for a machine with a GPU: artifacts/taskdsl-gpu-check.tar.xz, which needs a libtorch and nothing else.
set -euo pipefail
cd "$(dirname "$0")/../.."
name=taskdsl-gpu-check most=$((16 * 1000 * 1000))
rm -rf artifacts/$name artifacts/$name.tar.xz
# The style is the build's matter.
dotnet publish tests/Gpu/Check -c Release -p:Packed=true -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -o artifacts/$name
# What a debugger and a tracer of .NET want, and garbage collectors that nobody asks for.
rm -f artifacts/$name/{*.xml,createdump,libmscordaccore.so,libmscordbi.so,libcoreclrtraceptprovider.so,libclrgc.so,libclrgcexp.so}
tar -C artifacts --owner=0 --group=0 -cf - $name | xz -9e > artifacts/$name.tar.xz
size=$(stat -c %s artifacts/$name.tar.xz)
echo "artifacts/$name.tar.xz: $((size / 1000)) kB"
[ "$size" -lt $most ] || { echo "it must be below $((most / 1000)) kB" >&2; exit 1; }
