# mdl: cycles of a loop on Cortex-A53 and A55 by the published rules of their dual issue, for ARM64.
# SPDX-License-Identifier: MIT
"""llvm-mca's models of both cores know no loads of 64 and 128 bits apart, and its A55 multiplies twice as fast as a real one. This
counts by the rules that ncnn's developers measured (docs/developer-guide/arm-a53-a55-dual-issue.md in their repository): two
instructions a cycle in program order, at most one of them a multiply-add of 128 bits, and

          beside a multiply-add                 alone
    A53   64 bits into an integer, integers     128 bits: 2 cycles; 64 bits: 1, with an `ins` beside it;
                                                no vector is loaded in the fourth cycle behind a multiply-add
    A55   the same, 64 bits of a vector, `ins`  128 bits: 2 cycles

XNNPACK's micro-kernels for A53 are written by the same rules (f32-gemm/6x8-aarch64-neonfma-cortex-a53.S.in): blocks of four cycles, a load
beside an `ins`, three multiply-adds, a load of an integer beside the first. What no source tells is taken to be slow: another operation on 128
bits issues as a multiply-add does, a store beside integers only. A load of several vectors takes as long as that many. Latencies: a sum 4
cycles behind the one that it continues, vectors 4, integers 1, loaded integers 3. Everything is in the first cache."""
import re

REGISTER = re.compile(r"\b([vqdsxw])(\d+)")


def registers(operand):
    return {("v" if kind in "vqds" else "x", int(number)) for kind, number in REGISTER.findall(operand)}


def kind_of(mnemonic, operands):
    if mnemonic.startswith("fml"):
        return "multiply"
    if mnemonic.startswith("st"):
        return "store"
    if mnemonic in ("ldp", "ldr", "ldur", "ld1"):
        first = operands.split(",")[0]
        if first.startswith("q") or "4s" in first or "16b" in first:
            return "load128"
        if first[0] in "dsv{":
            return "load128" if mnemonic == "ldp" else "load64"
        return "load_integer"
    if mnemonic in ("mov", "ins") and re.match(r"v\d+\.d\[", operands):
        return "insert"
    return "vector" if re.match(r"[vqds]\d", operands) else "integer"


LATENCY = {"multiply": 4, "load128": 4, "load64": 4, "load_integer": 3, "insert": 4, "vector": 4, "integer": 1, "store": 1}


def pairs(core, a, b):
    """Can they be issued in the same cycle?"""
    two = {"multiply" if kind == "vector" else kind for kind in (a, b)}
    if "load128" in two or (a == b and a != "integer") or two == {"multiply"} or two == {"load64", "load_integer"}:
        return False
    if "store" in two and "integer" not in two:
        return False
    if core == "cortex-a53" and "multiply" in two and two & {"load64", "insert"}:
        return False
    return True


def cycles(core, loop, rounds=20):
    """Cycles of one round of `loop`, a list of (mnemonic, operands)."""
    code = []
    for mnemonic, operands in loop:
        kind = kind_of(mnemonic, operands)
        parts = re.split(r",\s*(?![^\[]*\])", operands)
        targets = 2 if mnemonic == "ldp" else 0 if mnemonic[0] in "bc" and mnemonic not in ("csel", "cset") or mnemonic[:3] in ("tbz", "tbn", "prf", "str", "stp") else 1
        writes = set().union(*map(registers, parts[:targets])) if targets else set()
        base = registers(operands[operands.find("["):]) if "[" in operands and kind.startswith("load") else set()
        if "]," in operands or "]!" in operands:
            writes |= registers(re.split(r"[],]", operands[operands.find("["):])[0])
        several = re.match(r"\{v(\d+)\.\w+-v(\d+)", operands)
        if several:
            writes |= {("v", number) for number in range(int(several[1]), int(several[2]) + 1)}
        vectors = int(several[2]) - int(several[1]) + 1 if several else 2 if mnemonic == "ldp" and parts[0][0] == "q" else 1
        reads = set().union(*map(registers, parts[targets:])) if parts[targets:] else set()
        if kind in ("multiply", "insert"):
            reads |= writes
        code += [(kind, writes, reads, 2 * vectors)]
    ready, now, slot, starts, multiplied = {}, 0, [], [], set()
    for _ in range(rounds):
        starts.append(now)
        for kind, writes, reads, long in code:
            at = max([now] + [ready.get(r, 0) for r in reads])
            if at == now and slot and (len(slot) == 2 or not pairs(core, slot[0], kind)):
                at += 1
            while core == "cortex-a53" and kind in ("load64", "load128") and at - 4 in multiplied:
                at += 1
            if at > now:
                now, slot = at, []
            slot.append(kind)
            if kind == "multiply":
                multiplied.add(now)
            for register in writes:
                ready[register] = now + LATENCY[kind]
            if kind == "load128":
                now, slot = now + long, []
    return (starts[-1] - starts[rounds // 2]) / (rounds - 1 - rounds // 2)
