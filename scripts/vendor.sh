#!/usr/bin/env bash
# mdl: copies the headers of mdl and of xsimd into one folder, to be committed into an app's own tree.
# SPDX-License-Identifier: MIT
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)

if [ $# -ne 1 ] || [[ $1 == -* ]]; then
    echo "usage: scripts/vendor.sh DEST"
    echo "  afterwards: c++ -std=c++20 -I DEST app.cpp; the compiler given by CXX (default c++) says where xsimd is"
    [[ ${1:-} == -h || ${1:-} == --help ]] && exit 0 || exit 2
fi
destination=$1

xsimd=$(echo '#include <xsimd/xsimd.hpp>' | "${CXX:-c++}" -std=c++20 -M -x c++ - 2>/dev/null |
    tr ' ' '\n' | grep '/xsimd/xsimd\.hpp$' | head -n 1) ||
    { echo "vendor.sh: xsimd is missing; install libxsimd-dev, or set CPATH to the folder that holds xsimd/xsimd.hpp" >&2; exit 1; }

mkdir -p "$destination"
rm -rf "${destination:?}/mdl" "${destination:?}/xsimd"
cp -r "$here/include/mdl" "$destination/mdl"
cp -r "$(dirname "$xsimd")" "$destination/xsimd"
cp "$here/LICENSE" "$destination/mdl/LICENSE"
# xsimd is BSD-3-Clause, which asks that its notice travels with it.
for notice in /usr/share/doc/libxsimd-dev/copyright "$(dirname "$xsimd")/../../LICENSE"; do
    [ -f "$notice" ] && cp "$notice" "$destination/xsimd/LICENSE" && break
done
[ -f "$destination/xsimd/LICENSE" ] || echo "vendor.sh: found no licence file of xsimd; add its BSD-3-Clause notice as $destination/xsimd/LICENSE" >&2
echo "vendor.sh: $(find "$destination/mdl" "$destination/xsimd" -name '*.hpp' | wc -l) headers, $(du -sh "$destination" | cut -f1), in $destination"
