#!/bin/sh
# build.sh FOLDER [all|twin]: builds the native libraries into it, those that this machine has compilers for, and says which
# are left out. A missing compiler is no error; a source that does not compile is.
set -eu
out=$1
wanted=${2:-all}
cpp=$(cd "$(dirname "$0")" && pwd)

if [ "$(uname -s)" != Linux ] || ! command -v make >/dev/null 2>&1 || ! command -v g++ >/dev/null 2>&1; then
  echo "native graph builders: left out, they need Linux, make and g++; graphs are built by the JVM, tests are skipped"
  exit 0
fi
nvcc=${NVCC-$(command -v nvcc || true)}
if [ "$wanted" = all ] && [ -z "$nvcc" ]; then
  echo "native graph builders: the CPU twin alone, there is no nvcc on the PATH for the GPU's"
fi
targets=$wanted
# For the tests: a GPU that g++ emulates.
if [ "$(uname -m)" = x86_64 ] && echo '_Float16 half;' | g++ -x c++ -fsyntax-only - 2>/dev/null; then
  targets="$targets emulated check"
else
  echo "native graph builders: without the emulated GPU of the tests, it needs x86-64 and a g++ that has _Float16"
fi
# shellcheck disable=SC2086 # several targets
exec make -s -C "$cpp" -j "$(nproc 2>/dev/null || echo 2)" OUT="$out" NVCC="$nvcc" $targets
