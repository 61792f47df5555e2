# mdl: compiles a file that must not compile and checks that the compiler says the expected sentence.
# SPDX-License-Identifier: MIT
"""usage: check.py CASE.cpp COMPILER [FLAG...]

Every line `// expect: TEXT` of the case must stand in an error of the compiler, not only in what it quotes. A case without any is
the control: it must compile, which shows that the others fail for their own reason and not for a missing header."""
import pathlib
import re
import subprocess
import sys

case, command = pathlib.Path(sys.argv[1]), sys.argv[2:]
expected = re.findall(r"^// expect: (.+)$", case.read_text(), re.MULTILINE)
run = subprocess.run([*command, "-fsyntax-only", str(case)], capture_output=True, text=True)
said = run.stdout + run.stderr
errors = [line for line in said.splitlines() if "error:" in line]
missing = [text for text in expected if not any(text in line for line in errors)]
if not expected and run.returncode != 0:
    print(f"{case.name} must compile and does not:\n{said[:6000]}")
elif expected and run.returncode == 0:
    print(f"{case.name} compiles; it must not")
elif missing:
    print(f"{case.name} fails without saying:\n" + "\n".join(missing) + f"\nit says:\n{said[:6000]}")
else:
    sys.exit(0)
sys.exit(1)
