#!/usr/bin/env python3
# mdl: finds the innermost loops that multiply and add in an object file, and counts what they do besides.
# SPDX-License-Identifier: MIT
"""usage: inner_loops.py OBJECT [OBJDUMP]

For each innermost loop with at least four vector multiply-adds, and each window that is written out, prints: function, instructions, multiply-adds, loads of vectors and
broadcasts, accesses of the stack. An access of the stack in such a loop is a spilled register; exits with 1 where there is one that
moves a vector."""
import re
import subprocess
import sys

MULTIPLY = re.compile(r"^(vfn?m(add|sub)\w+ps|fml[as]|vfma\.f32|vmla\.f32|v?mulps)$")
BRANCH = re.compile(r"^(j\w+|b|b\.\w+|b(eq|ne|gt|ge|lt|le|hi|ls|cs|cc|mi|pl)(\.\w)?|cbn?z|tbn?z)$")
STACK, FRAME = re.compile(r"\(%[er]sp[,)]|\[sp\b"), re.compile(r"\(%[er]bp[,)]|\[(x29|fp)\b")
VECTOR = re.compile(r"%[xyz]mm|\b[qv]\d+|\bd\d+")
LOAD = re.compile(r"\(%|\[[a-z]")


def functions(text):
    name, body = None, []
    for line in text.splitlines():
        head = re.match(r"^[0-9a-f]+ <(.+)>:$", line)
        if head:
            if name:
                yield name, body
            name, body = head.group(1), []
            continue
        code = re.match(r"^\s*([0-9a-f]+):\t(\S+)\s*(.*)$", line)
        if code and name:
            body.append((int(code.group(1), 16), code.group(2), code.group(3)))
    if name:
        yield name, body


def loops(body):
    found = []
    for at, (address, mnemonic, operands) in enumerate(body):
        target = re.search(r"\b([0-9a-f]+) <", operands)
        if BRANCH.match(mnemonic) and target and body[0][0] <= int(target.group(1), 16) < address:
            found.append((int(target.group(1), 16), address, at))
    for begin, end, _ in found:
        if not any(begin <= b and e <= end and (b, e) != (begin, end) for b, e, _ in found):
            yield [code for code in body if begin <= code[0] <= end]


def windows(body, least=100):
    """Windows written out: from the head of the loop over tiles, or the last tile's stores behind it, to the branch behind at least so many
    multiply-adds."""
    heads = {int(target, 16) for address, mnemonic, operands in body if BRANCH.match(mnemonic)
             for target in re.findall(r"\b([0-9a-f]+) <", operands) if int(target, 16) < address}
    run = []
    for code in body:
        if code[0] in heads:
            run = []
        run.append(code)
        if code[1].startswith("st") and not STACK.search(code[2]) and not any(MULTIPLY.match(mnemonic) for _, mnemonic, _ in run):
            run = []
        if BRANCH.match(code[1]) and sum(bool(MULTIPLY.match(mnemonic)) for _, mnemonic, _ in run) >= least:
            yield run
            run = []


def hot(name, body):
    """Loops, and windows written out. Where a function is a strip of depthwise convolution, its loop is long and no window."""
    strip = "depthwise_strip" in name
    yield from ((loop, False) for loop in loops(body) if strip or len(loop) < 200)
    yield from ((window, True) for window in windows(body) if not strip)


def short(name):
    name = re.sub(r"mdl::(isa_\w+::)?(kernels::)?(detail::)?", "", name)
    name = re.sub(r"\((mdl::)?(ActivationKind|Binary)\)\d+, ?|Epilogue<[^>]*>", "", name)
    return re.sub(r"\(.*", "", name).replace("void ", "").replace("<, ", "<")[:40]


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1] in ("-h", "--help"):
        sys.exit(__doc__)
    text = subprocess.run([sys.argv[2] if len(sys.argv) == 3 else "objdump", "-dC", "--no-show-raw-insn", sys.argv[1]], check=True,
                          capture_output=True, text=True).stdout
    print(f"{'function':42}{'instructions':>13}{'multiply-adds':>15}{'loads':>7}{'stack':>7}{'of vectors':>12}")
    spilled = 0
    for name, body in functions(text):
        # The frame pointer is one of the stack only in a function that sets it up.
        framed = any(re.match(r"%[er]sp,%[er]bp|x29, sp|fp, sp", operands) for _, _, operands in body)
        for loop, _ in hot(name, body):
            multiplies = sum(bool(MULTIPLY.match(mnemonic)) for _, mnemonic, _ in loop)
            if multiplies < 4:
                continue
            stack = [code for code in loop if STACK.search(code[2]) or (framed and FRAME.search(code[2]))]
            vectors = sum(bool(VECTOR.search(operands)) for _, _, operands in stack)
            loads = sum(bool(LOAD.search(operands) and VECTOR.search(operands)) for _, _, operands in loop)
            spilled += vectors
            print(f"{short(name):42}{len(loop):13}{multiplies:15}{loads:7}{len(stack):7}{vectors:12}")
    sys.exit(1 if spilled else 0)


if __name__ == "__main__":
    main()
