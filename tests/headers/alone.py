# mdl: compiles every header alone, each in a unit of its own, with all warnings as errors.
# SPDX-License-Identifier: MIT
"""usage: alone.py INCLUDE_FOLDER JOBS EXCEPT COMPILER [FLAG...]   (EXCEPT: a regular expression of headers that lack their library here)

Most of what a header of kernels costs is xsimd and std, two seconds each time. So a few headers are precompiled, and each is
put before those headers that include it anyway, by whichever way: all their includes come before their own first line, so
that nothing which they forgot is brought to them. What is included before it is a header too, and is compiled alone itself."""
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

# The dearer first.
PRECOMPILED = ["mdl/kernels/blocks/epilogue.hpp", "mdl/simd/vector.hpp"]

include, jobs, lacking, command = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]
texts = {path.relative_to(include).as_posix(): path.read_text() for path in sorted(include.rglob("*.hpp"))}
includes = {header: re.findall(r"^#include <(mdl/[^>]+)>", text, re.MULTILINE) for header, text in texts.items()}


def includes_of(header: str, found: set[str]) -> set[str]:
    for name in includes.get(header, []):
        if name not in found:
            found.add(name)
            includes_of(name, found)
    return found


# The portable backend includes neither.
first = [] if "-DMDL_SIMD=0" in command else PRECOMPILED

with tempfile.TemporaryDirectory() as temporary:
    units = {header: f"{temporary}/{header.replace('/', '_')}" for header in texts}
    for header, unit in units.items():
        pathlib.Path(unit).write_text(f"#include <{header}>\n")

    def problem_of(header: str, *flags: str) -> str:
        run = subprocess.run([*command, *flags, units[header]], capture_output=True, text=True)
        return f"{header} does not compile alone:\n{run.stderr[:3000]}" if run.returncode else ""

    def check(header: str) -> str:
        precompiled = [name for name in first if name in includes_of(header, set())][:1]
        return problem_of(header, "-fsyntax-only", "-x", "c++", *(flag for name in precompiled for flag in ("-include", units[name])))

    problems = [problem_of(header, "-x", "c++-header", "-o", units[header] + ".gch") for header in first]
    rest = [header for header in texts if header not in first and not re.search(lacking, header)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        problems = [problem for problem in [*problems, *pool.map(check, rest)] if problem]

print("\n".join(problems))
print(f"{len(texts)} headers, {len(problems)} problems")
sys.exit(bool(problems) or not texts)
