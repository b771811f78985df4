"""The page: one file with its data, styles and scripts, that may load nothing and run nothing else."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib.resources import files
from typing import Any

from ..drawing.colours import DARK, LIGHT, Palette

PARTS = files(__package__) / "page"
FIRST = "main.js"
STYLES = ("page.css", "cards.css", "graph.css", "side.css", "narrow.css")
ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}

IMPORT = re.compile(r'^import \{(?P<names>[^}]*)\} from "\./(?P<file>[\w-]+\.js)";$', re.M)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class) ([\w$]+))", re.M)
VENDORED_EXPORT = re.compile(r"export\{(?P<names>[^}]*)\};?\s*(//# sourceMappingURL=\S+\s*)?$")


def page_of(contents: dict[str, Any]) -> str:
    """The page of some contents."""
    style, layout, script = style_of_page(), vendored(), bundle()
    parts = {
        "title": text(contents["title"]),
        "policy": f"default-src 'none'; style-src '{digest(style)}'; "
        f"script-src '{digest(layout)}' '{digest(script)}' 'wasm-unsafe-eval'; base-uri 'none'; form-action 'none'",
        "style": style,
        "data": json.dumps(contents, ensure_ascii=False, allow_nan=False, separators=(",", ":")).translate(ESCAPES),
        "layout": layout,
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda place: parts[place[1]], read("page.html"))


def read(name: str) -> str:
    """One of the page's parts."""
    return (PARTS / name).read_text(encoding="utf-8")


def style_of_page() -> str:
    """The page's styles, after the colours of drawings as its properties, each in light and dark."""
    light, dark = (tokens(palette) for palette in (LIGHT, DARK))
    rows = "".join(f"  --{name}: light-dark({color}, {dark[name]});\n" for name, color in light.items())
    return "".join([f":root {{\n{rows}}}\n", *map(read, STYLES)])


def tokens(palette: Palette) -> dict[str, str]:
    """The colours of a palette by name: "alarm-fill"; by role what cards are filled with, "input", and "input-line"."""
    plain = {
        name.replace("_", "-"): color
        for name, color in vars(palette).items()
        if isinstance(color, str) and color[0] == "#"
    }
    return plain | {**palette.fills} | {f"{role}-line": color for role, color in palette.accents.items()}


def text(words: str) -> str:
    """Text within HTML."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        words = words.replace(character, entity)
    return words


def digest(content: str) -> str:
    """What a policy calls a script or style that may be used."""
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def bundle() -> str:
    """The page's scripts as one: each in a function of its own, after those that it imports."""
    order: list[str] = []
    waiting = [FIRST]
    while waiting:  # depth first, without recursion
        needed = [found["file"] for found in IMPORT.finditer(read(waiting[-1])) if found["file"] not in order]
        if needed:
            if needed[0] in waiting:
                raise ValueError(f"scripts import each other: {' '.join([*waiting, needed[0]])}")
            waiting.append(needed[0])
        elif (done := waiting.pop()) not in order:
            order.append(done)
    return "const scripts = {};\n" + "".join(map(enclosed, order))


def enclosed(name: str) -> str:
    """A script as a function that gives what it exports."""
    code = read(name)
    exports = ", ".join(found[1] for found in EXPORT.finditer(code))
    code = IMPORT.sub(lambda i: f'const {{{i["names"].replace(" as ", ": ")}}} = scripts["{i["file"]}"];', code)
    return f'scripts["{name}"] = await (async () => {{\n{EXPORT.sub("", code)}return {{ {exports} }};\n}})();\n'


def vendored() -> str:
    """Graphviz for browsers, its exports put where the page's own script finds them."""
    code = read("vendor/wasm-graphviz.js")
    found = VENDORED_EXPORT.search(code)
    assert found is not None, "the vendored file ends in its exports"
    names = {public: own for own, public in (pair.split(" as ") for pair in found["names"].split(","))}
    return f"{code[: found.start()]}globalThis.Graphviz = {names['Graphviz']};\n"
