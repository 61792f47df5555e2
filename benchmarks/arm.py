#!/usr/bin/env python3
# mdl: cycles of the hot loops of an ARM64 object file by llvm-mca, beside what the multiply-adds alone would take.
# SPDX-License-Identifier: MIT
"""usage: arm.py OBJECT OBJDUMP LLVM_MCA

A row a loop: multiply-adds, and for each core the cycles of one round and the share of them that the multiply-adds would take if nothing
else held them up, with what did where that is below 95 %. For A53 and A55 two figures: by llvm-mca's model and by the rules of
in_order.py. Exits with 1 where a loop moves a vector through the stack."""
import re
import subprocess
import sys

import in_order
from inner_loops import MULTIPLY, STACK, VECTOR, functions, loops, short

# Multiply-adds of 128 bits a cycle.
CORES = {"neoverse-n1": 2, "neoverse-v1": 4, "cortex-a72": 1, "cortex-a53": 1, "cortex-a55": 1}
HOT = [(f"{title}{body}", rf"tile_group<.*ul, {in_order_cores}>, {flat}, 2>") for title, flat in (("pointwise", "true"), ("3x3", "false"))
       for body, in_order_cores in (("", "false"), (", assembly", "true"))]
for wide in (14, 7):
    HOT += [(f"depthwise {k}x{k} stride {s}, {wide} pixels", rf"depthwise_rows<.*{k}, {s}, {wide}>") for k in (3, 5) for s in (1, 2)]
HOT += [("dense", r"dense_panel_run<(.*, )?8>")]


def assembled(loop):
    """What llvm-mca reads: branches lead nowhere in particular."""
    for _, mnemonic, operands in loop:
        operands = re.sub(r"\s*(//.*|<.*>.*)$", "", operands)
        if re.match(r"(b(\.\w+)?|cbn?z|tbn?z)$", mnemonic):
            operands = re.sub(r"[0-9a-f]+$", "#-64", operands)
        yield mnemonic, operands


def mca(command, core, code):
    """Cycles a round, and what holds the loop up."""
    text = "\n".join(f"{mnemonic}\t{operands}" for mnemonic, operands in code)
    done = subprocess.run([command, "-mtriple=aarch64", f"-mcpu={core}", "-iterations=100", "-instruction-info=0"], input=text,
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"arm.py: {command} refused a loop: {done.stderr[:300]}")
    value = lambda name: float(re.search(rf"{name}:\s+([\d.]+)", done.stdout).group(1))
    cycles = value("Total Cycles") / 100
    names = dict(re.findall(r"\[(\d+(?:\.\d+)?)\]\s+- (\w+)", done.stdout))
    row = re.search(r"per iteration:\n.*\n(.*)\n", done.stdout).group(1).split()
    pressure = {unit: 0 if use == "-" else float(use) for unit, use in zip(names.values(), row)}
    unit = max(pressure, key=pressure.get)
    if pressure[unit] >= 0.95 * cycles:
        return cycles, re.sub(r"^(N1|V1|A53|A57|CortexA\d+)?Unit", "", unit)
    return cycles, "issue" if value("uOps Per Cycle") >= 0.95 * value("Dispatch Width") else "latency"


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    text = subprocess.run([sys.argv[2], "-dC", "--no-show-raw-insn", sys.argv[1]], check=True, capture_output=True, text=True).stdout
    found, spilled = {}, 0
    for name, body in functions(text):
        for loop in loops(body):
            count = sum(bool(MULTIPLY.match(mnemonic)) for _, mnemonic, _ in loop)
            if count < 4:
                continue
            if any(STACK.search(operands) and VECTOR.search(operands) for _, _, operands in loop):
                print(f"spills: {short(name)}, {count} multiply-adds")
                spilled += 1
            for title, pattern in HOT:
                # The largest tile; of several copies of its loop the shortest, in which no column is asked about.
                if re.search(pattern, name) and (title not in found or (count, -len(loop)) > found[title][:2]):
                    found[title] = (count, -len(loop), list(assembled(loop)))
    print(f"{'':36}{'fma':>4}", *(f"{core:>18}" for core in CORES))
    for title, _ in HOT:
        if title not in found:
            continue
        count, _, code = found[title]
        row = []
        for core, rate in CORES.items():
            bound = count / rate
            cycles, reason = mca(sys.argv[3], core, code)
            share = bound / cycles
            figure = f"{cycles:.1f} {100 * share:.0f}%" + ("" if share >= 0.95 else " " + reason)
            if core in ("cortex-a53", "cortex-a55"):
                by_rules = in_order.cycles(core, code)
                figure = f"{cycles:.0f} | {by_rules:.0f} {100 * bound / by_rules:.0f}%"
            row.append(figure)
        print(f"{title:36}{count:4}", *(f"{figure:>18}" for figure in row), flush=True)
    sys.exit(1 if spilled else 0)


main()
