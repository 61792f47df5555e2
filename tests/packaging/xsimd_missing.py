# mdl: checks what the compiler says where xsimd is not installed, and that MDL_SIMD=0 then needs no xsimd.
# SPDX-License-Identifier: MIT
"""usage: xsimd_missing.py INCLUDE_FOLDER COMPILER [FLAG...]"""
import os
import subprocess
import sys
import tempfile

include, compiler = sys.argv[1], sys.argv[2:]
SENTENCE = "mdl: xsimd is missing; install libxsimd-dev or define MDL_SIMD=0 for the portable backend"
PROGRAM = "#include <mdl/mdl.hpp>\n"


def search_folders() -> list[str]:
    said = subprocess.run([*compiler, "-E", "-v", "-x", "c++", "/dev/null"], capture_output=True, text=True, check=True).stderr
    lines = said.split("#include <...> search starts here:")[1].split("End of search list.")[0]
    return [line.strip() for line in lines.splitlines() if line.strip()]


def compile_without_xsimd(folders: list[str], *flags: str) -> subprocess.CompletedProcess:
    return subprocess.run([*compiler, "-std=c++20", "-fsyntax-only", "-nostdinc", "-nostdinc++", *flags, f"-I{include}",
                           *(part for folder in folders for part in ("-isystem", folder)), "-x", "c++", "-"],
                          input=PROGRAM, capture_output=True, text=True)


with tempfile.TemporaryDirectory() as temporary:
    # The compiler's own folders, with those that hold xsimd replaced by links to everything else in them.
    folders = []
    for number, folder in enumerate(search_folders()):
        if os.path.isdir(os.path.join(folder, "xsimd")):
            mirror = os.path.join(temporary, str(number))
            os.mkdir(mirror)
            for entry in os.listdir(folder):
                if entry != "xsimd":
                    os.symlink(os.path.join(folder, entry), os.path.join(mirror, entry))
            folder = mirror
        folders.append(folder)
    bare = compile_without_xsimd(folders)
    portable = compile_without_xsimd(folders, "-DMDL_SIMD=0", *sum((["-isystem", f"{f}/eigen3"] for f in folders if os.path.isdir(f"{f}/eigen3")), []))

if bare.returncode == 0 or SENTENCE not in bare.stderr:
    sys.exit(f"without xsimd the compiler must say: {SENTENCE}\nit says:\n{bare.stderr[:3000]}")
# Errors of everything that needs vectors would bury the sentence; the one that stops the compiler may follow.
if bare.stderr.count("error:") - bare.stderr.count("fatal error:") > 1:
    sys.exit(f"the sentence is followed by other errors:\n{bare.stderr[:3000]}")
if portable.returncode != 0:
    sys.exit(f"MDL_SIMD=0 does not compile without xsimd:\n{portable.stderr[:3000]}")
