# mdl: docs/layers.md names every layer and option that there is.
# SPDX-License-Identifier: MIT
"""usage: layers_test.py SOURCE_FOLDER"""
import pathlib
import re
import sys

# Headers that others are made of, not layers.
OTHERS = {"real.hpp", "resolve_names.hpp", "window_rule.hpp"}

source = pathlib.Path(sys.argv[1])
document = (source / "docs/layers.md").read_text()
names = set()
for header in sorted((source / "include/mdl/layers").glob("*.hpp")):
    if header.name in OTHERS:
        continue
    # Namespaces within are not the user's.
    text = re.sub(r"^namespace (?!mdl \{)\w+ \{.*?^\}  // namespace", "", header.read_text(), flags=re.DOTALL | re.MULTILINE)
    names |= set(re.findall(r"^struct (\w+)(?! *;)", text, re.MULTILINE))
    # What stands for others: `struct Hwc : PixelLayoutOption<...>`.
    names -= set(re.findall(r"^struct \w+ : (\w+)<", text, re.MULTILINE)) & {name for name in names if name.endswith("Option")}
missing = sorted(name for name in names if not re.search(rf"\b{name}\b", document))
print("\n".join(f"docs/layers.md does not name {name}" for name in missing))
print(f"{len(names)} layers and options, {len(missing)} missing")
sys.exit(bool(missing) or len(names) < 100)
