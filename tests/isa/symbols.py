# mdl: checks that an object file built for a higher instruction set shares no symbol with one built for the baseline.
# SPDX-License-Identifier: MIT
"""usage: symbols.py NM HIGH.o NAMESPACE_PREFIX

Of equal weak symbols the linker keeps any one. Were one emitted here outside of the instruction set's own namespace, the
program could run AVX-512 code on a machine without it."""
import subprocess
import sys

nm, path, prefix = sys.argv[1:]
lines = subprocess.run([nm, "--demangle", "--defined-only", path], capture_output=True, text=True, check=True).stdout.splitlines()
# Made by the compilers themselves, the same in every unit: a pointer to the exception personality, a call of std::terminate.
neutral = ("DW.ref.", "__clang_call_terminate")
symbols = [line.split(maxsplit=2) for line in lines]
weak = [name for _, kind, name in symbols if kind in "WwVvu" and not name.startswith(neutral)]
own = [name for name in weak if prefix in name]
shared = [name for name in weak if prefix not in name]
for name in shared:
    print("shared with other instruction sets:", name)
print(f"{len(own)} weak symbols inside {prefix}..., {len(shared)} outside")
# No weak symbol inside would mean that this looks at the wrong file or for the wrong name.
sys.exit(bool(shared) or not own)
