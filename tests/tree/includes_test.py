# mdl: checks that includes go down only, never in a circle, and that every file begins as the house wants.
# SPDX-License-Identifier: MIT
"""usage: includes_test.py INCLUDE_FOLDER   (the folder that holds mdl/)"""
import pathlib
import re
import sys

# What each room may include besides itself; '' is the top folder. Rooms that part 1 does not need are listed so that
# a new one is a decision taken here.
BELOW = {
    "base": set(),
    "tensor": {"base"},
    "simd": {"base", "tensor"},
    "graph": {"base", "tensor"},
    "layers": {"base", "tensor", "graph"},
    "kernels": {"base", "tensor", "simd"},
    "weights": {"base", "tensor"},
    "threads": {"base"},
    "sensing": {"base"},
    "engine": {"base", "tensor", "simd", "graph", "layers", "kernels", "weights"},
    "": {"base", "tensor", "simd", "graph", "layers", "kernels", "weights", "engine", "threads", "sensing"},
}
# Third parties, each with the only places that may include them.
THIRD_PARTIES = {"xsimd/": ("simd/",), "Eigen/": ("kernels/portable/", "eigen.hpp")}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def room_of(path: str) -> str:
    return path.split("/")[0] if "/" in path else ""


def problems_of(files: dict[str, str]) -> list[str]:
    """files: path below mdl/ -> text."""
    problems = []
    graph = {}
    for path, text in sorted(files.items()):
        lines = text.split("\n")
        if not (len(lines) > 3 and re.fullmatch(r"// mdl: \S.*\.", lines[0]) and lines[1] == "// SPDX-License-Identifier: MIT"
                and lines[2] == "#pragma once"):
            problems.append(f"{path}: does not begin with `// mdl: <what it is>.`, the licence line and #pragma once")
        room = room_of(path)
        if room not in BELOW:
            problems.append(f"{path}: the room {room} is not in the design")
            continue
        graph[path] = []
        for bracket, name in INCLUDE.findall(text):
            for prefix, places in THIRD_PARTIES.items():
                if name.startswith(prefix) and not path.startswith(places):
                    problems.append(f"{path}: includes <{name}>, which only {' and '.join(places)} may")
            if not name.startswith("mdl/"):
                if bracket == '"':
                    problems.append(f'{path}: includes "{name}"; write <mdl/...>')
                continue
            target = name.removeprefix("mdl/")
            if target not in files:
                problems.append(f"{path}: includes <{name}>, which does not exist")
                continue
            graph[path].append(target)
            if room_of(target) != room and room_of(target) not in BELOW[room]:
                problems.append(f"{path}: includes <{name}>; {room or 'the top'} stands below {room_of(target) or 'the top'}")
        if path == "mdl.hpp" and re.sub(r"^\s*(//.*|#.*)?$", "", text, flags=re.MULTILINE).strip():
            problems.append("mdl.hpp: holds more than includes")
    return problems + circles_of(graph)


def circles_of(graph: dict[str, list[str]]) -> list[str]:
    done, circles = set(), []

    def walk(path: str, trail: list[str]):
        if path in trail:
            circles.append("circle: " + " -> ".join(trail[trail.index(path):] + [path]))
        elif path not in done:
            for target in graph.get(path, []):
                walk(target, trail + [path])
            done.add(path)

    for path in graph:
        walk(path, [])
    return circles


def check_the_check():
    """The rules must be able to fail."""
    head = "// mdl: a file.\n// SPDX-License-Identifier: MIT\n#pragma once\n"
    good = {"base/a.hpp": head, "graph/b.hpp": head + "#include <mdl/base/a.hpp>\n"}
    assert problems_of(good) == [], problems_of(good)
    for path, text, word in [
        ("base/a.hpp", head + "#include <mdl/graph/b.hpp>\n", "stands below"),
        ("base/a.hpp", head + "#include <mdl/base/a.hpp>\n", "circle"),
        ("base/a.hpp", head + "#include <mdl/base/z.hpp>\n", "does not exist"),
        ("base/a.hpp", head + "#include <Eigen/Core>\n", "only"),
        ("base/a.hpp", "#pragma once\n", "begin"),
        ("mdl.hpp", head + "int x;\n", "more than includes"),
    ]:
        assert any(word in p for p in problems_of({**good, path: text})), (path, word)


def main():
    root = pathlib.Path(sys.argv[1]) / "mdl"
    check_the_check()
    files = {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*.hpp")}
    found = problems_of(files)
    print("\n".join(found))
    print(f"{len(files)} headers, {len(found)} problems")
    sys.exit(bool(found) or not files)


main()
