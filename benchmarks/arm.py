#!/usr/bin/env python3
# mdl: cycles of the hot loops of an ARM64 object file by llvm-mca, beside what the multiply-adds alone would take.
# SPDX-License-Identifier: MIT
"""usage: arm.py OBJECT OBJDUMP LLVM_MCA

A row a loop: multiply-adds, and for each core the cycles of one round and the share of them that the multiply-adds would take if nothing
else held them up, with what did where that is below 95 %. For A53 and A55 two figures: by llvm-mca's model and by the rules of
in_order.py. A depthwise tile of two rows has no loop over its window: it counts from its start to its last multiply-add, without the epilogue, which
the other loops leave out, too. A depthwise strip has its epilogue inside: it counts without and with it. Exits with 1 where a loop moves a
vector through the stack."""
import re
import subprocess
import sys

import in_order
from inner_loops import MULTIPLY, STACK, VECTOR, functions, hot, short

# Multiply-adds of 128 bits a cycle.
CORES = {"neoverse-n1": 2, "neoverse-v1": 4, "cortex-a72": 1, "cortex-a53": 1, "cortex-a55": 1}
HOT = [(f"{title}{body}", rf"tile_group<.*ul, {in_order_cores}>, {flat}, 2>") for title, flat in (("pointwise", "true"), ("3x3", "false"))
       for body, in_order_cores in (("", "false"), (", assembly", "true"))]
WITH_EPILOGUE = ", clamp and stores"
for s in (1, 2):
    HOT += [(f"depthwise 3x3 stride {s}, two rows", rf"depthwise_rows<.*ul, false>, 3, {s}, 7, 2>")]
    HOT += [(f"depthwise 3x3 stride {s}, strip{epilogue}", rf"depthwise_strip<{s}>") for epilogue in ("", WITH_EPILOGUE)]
HOT += [(f"depthwise 5x5 stride {s}, two rows", rf"depthwise_rows<.*5, {s}, \d+, 2>") for s in (1, 2)]
HOT += [("depthwise 5x5 stride 1, 14 pixels", r"depthwise_rows<.*5, 1, 14, 2>")]
HOT += [(f"depthwise {k}x{k} stride {s}, 7 pixels", rf"depthwise_rows<.*{k}, {s}, 7, 1>") for k in (3, 5) for s in (1, 2)]
HOT += [("dense", r"dense_panel_run<(.*, )?8>")]


def assembled(loop):
    """What llvm-mca reads: branches lead nowhere in particular."""
    for _, mnemonic, operands in loop:
        operands = re.sub(r"\s*(//.*|<.*>.*)$", "", operands)
        if re.match(r"(b(\.\w+)?|cbn?z|tbn?z)$", mnemonic):
            operands = re.sub(r"[0-9a-f]+$", "#-64", operands)
        yield mnemonic, operands


def begun(window):
    """A written-out window up to its last multiply-add. A sum that begins in a block before it begins here with a load, as the tile's do."""
    last = max(at for at, code in enumerate(window) if MULTIPLY.match(code[1]))
    code = list(assembled(window[:last + 1]))
    written, starts = set(), []
    for mnemonic, operands in code:
        target = re.match(r"[vqd](\d+)", operands)
        if target and MULTIPLY.match(mnemonic) and target.group(1) not in written:
            starts.append(("ldr", f"q{target.group(1)}, [sp]"))
        if target:
            written.add(target.group(1))
    return starts + code


def bare(code):
    return [(mnemonic, operands) for mnemonic, operands in code if not re.match(r"fmin|fmax|st", mnemonic)]


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
        for loop, written_out in hot(name, body):
            count = sum(bool(MULTIPLY.match(mnemonic)) for _, mnemonic, _ in loop)
            if count < 4:
                continue
            if any(STACK.search(operands) and VECTOR.search(operands) for _, _, operands in loop):
                print(f"spills: {short(name)}, {count} multiply-adds")
                spilled += 1
            for title, pattern in HOT:
                # The largest tile; of several copies of its loop the shortest, in which no column is asked about.
                if not re.search(pattern, name) or written_out != ("two rows" in title):
                    continue
                if title not in found or (count, -len(loop)) > found[title][:2]:
                    code = begun(loop) if written_out else list(assembled(loop))
                    found[title] = (count, -len(loop), bare(code) if "strip" in title and WITH_EPILOGUE not in title else code)
    print(f"{'':50}{'fma':>4}", *(f"{core:>18}" for core in CORES))
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
        print(f"{title:50}{count:4}", *(f"{figure:>18}" for figure in row), flush=True)
    sys.exit(1 if spilled else 0)


main()
