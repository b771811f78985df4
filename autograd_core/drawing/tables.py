"""Cards as tables: header, numbers, heat maps, and the bars of steps."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .document import Box, Card, Heat, Quantity, Steps, Strip, visible
from .labels import (
    ACCENTS,
    ALARM,
    ALARM_FILL,
    BACKWARD,
    FILLS,
    FORWARD,
    INK,
    LOCAL,
    MUTED,
    NEGATIVE,
    POSITIVE,
    UNDEFINED,
    cell,
    row,
    run,
    table,
)  # fmt: skip
from .symbols import number_text, shape_text

BAR_HEIGHT, MOST_BARS = 26, 40


def card_table(card: Card) -> str:
    """A card as a table."""
    rows = [*header(card), "<HR/>", *body(card)]
    rows += [strip_row(strip) for strip in card.strips]
    if card.shown_at:
        rows.append(row(cell(run(f"used {card.shown_at} times, shown there", MUTED, 8), span=2)))
    if card.sum:
        rows.append(row(cell(run(card.sum, BACKWARD, 8), "RIGHT", span=2)))
    if card.adds:
        rows.append(row(cell(run("this use adds", MUTED, 8)), cell(run(card.adds, BACKWARD, 9, bold=True), "RIGHT")))
    if card.rule:
        rows.append(row(cell(run(f"grad = {card.rule}", LOCAL, 9, bold=True), span=2)))
    rows += heat_rows(card.heat) if card.heat is not None else []
    rows += [row(cell(run(text, ALARM, 9, bold=True), span=2, fill=ALARM_FILL)) for text in card.alarms]
    color, width = (ALARM, 2.5) if card.alarms else (ACCENTS[card.role], 1.3)
    return table(*rows, border=width, color=color, fill=FILLS[card.role], rounded=True, dashed=card.role == "cut")


def box_rows(box: Box) -> list[str]:
    """What is in a module: operations, parameters, and the norm of their gradient."""
    counts = [f"{box.parameters:,} parameters"] if box.parameters else []
    counts.append(f"{box.operations} operation{'s' * (box.operations != 1)}")
    rows = [row(cell(run(" · ".join(counts), MUTED, 8), span=2))]
    if box.gradient is not None:
        text = step_number(box.gradient, BACKWARD)
        rows.append(row(cell(run("grad of parameters  ", MUTED, 8) + text, span=2)))
        rows.append(weight_row(box.weight if box.gradient else None, BACKWARD))
    return rows


def weight_row(weight: float | None, color: str) -> str:
    """A bar as long, and as dark, as a weight says; none for None."""
    full = 0 if weight is None else round(6 + 104 * weight)
    parts = [(full, tinted(color, 0.3 + 0.7 * (weight or 0.0))), (110 - full, "#EEF0F3")]
    bar = "".join(f'<TD WIDTH="{w}" HEIGHT="7" FIXEDSIZE="TRUE" BGCOLOR="{tint}"></TD>' for w, tint in parts if w)
    size = 'WIDTH="110" HEIGHT="7" FIXEDSIZE="TRUE"'  # else its cells would spread over a wide card
    content = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" {size}><TR>{bar}</TR></TABLE>'
    return row(cell(content, span=2))


def heat_rows(heat: Heat) -> list[str]:
    """One number among those of all cards."""
    color = {"grad": BACKWARD, "value": FORWARD}.get(heat.of, "#6D28D9")
    rows = [row(cell(run(f"{heat.of}  ", MUTED, 8) + run(heat.text, color, 9, bold=True), span=2))]
    return [*(rows if heat.of in ("bytes", "time") else []), weight_row(heat.weight if heat.number else None, color)]


def body(card: Card) -> list[str]:
    """What stands below the line."""
    if card.box is not None:
        return box_rows(card.box)
    if card.note:
        return [row(cell(run(line, MUTED, 9), span=2)) for line in card.note]
    if card.steps is not None:
        return step_rows(card, card.steps)
    return number_rows(card) if card.face == "number" else array_rows(card)


def strip_row(strip: Strip) -> str:
    """A shared array within the card of an operation."""
    adds = run(" adds ", MUTED, 8) + run(strip.adds, BACKWARD, 9, bold=True) if strip.adds else ""
    lines = [run(strip.name, INK, 9, bold=True) + adds, run(strip.rule, LOCAL, 9)]
    rows = [row(cell(line)) for line in lines if line]
    content = table(*rows, border=1, color=ACCENTS[strip.role], fill=FILLS[strip.role], padding=1)
    return row(cell(content[1:-1], span=2))


def header(card: Card) -> list[str]:
    """Name, formula and role; shape and dtype of an array."""
    name = run(card.name, INK if card.named else MUTED, 12, bold=card.named)
    formula = run(f"  = {card.formula}", MUTED, 9) if card.formula else ""
    word = card.box.kind if card.box is not None and card.box.kind != card.name else card.role
    role = run(word, ACCENTS[card.role], 8) if word not in ("op", "module") else ""
    rows = [row(cell(name + formula), cell(role, "RIGHT")) if role else row(cell(name + formula, span=2))]
    if card.face == "array" and card.dtype:
        rows.append(row(cell(run(shape_text(card.shape), INK, 9) + run(f"  {card.dtype}", MUTED, 8), span=2)))
    return rows


def number_rows(card: Card) -> list[str]:
    """Value and gradient, one below the other."""
    rows = [row(cell(run("value", MUTED, 8)), number_cell(card.value, FORWARD, 11, "RIGHT"))]
    if card.gradient is not None:
        rows.append(row(cell(run("grad", MUTED, 8)), number_cell(card.gradient, BACKWARD, 11, "RIGHT")))
    return rows


def array_rows(card: Card) -> list[str]:
    """Value and gradient side by side: norms, and heat maps of small arrays."""
    pairs = [("value", card.value, FORWARD)]
    if card.gradient is not None:
        pairs.append(("grad", card.gradient, BACKWARD))
    span = 2 if len(pairs) == 1 else 1
    rows = [row(*[number_cell(q, color, 9, span=span, word=f"{word}  ") for word, q, color in pairs])]
    if any(q.cells is not None for _, q, _ in pairs):
        maps = ["" if q.cells is None else heat_map(q.cells) for _, q, _ in pairs]
        rows.append(row(*[cell(picture, span=span, top=True) for picture in maps]))
    return rows


def step_rows(card: Card, steps: Steps) -> list[str]:
    """The numbers of all steps as bars, with the first and the last in figures; of something shared its own, too."""
    rows = []
    if steps.shared:
        rows = number_rows(card) if card.face == "number" else array_rows(card)[:1]
    shown = [("value", steps.values, FORWARD), ("adds" if steps.shared else "grad", steps.gradients, BACKWARD)]
    for word, numbers, color in shown:
        if not any(x is not None for x in numbers):
            continue
        if color == BACKWARD or not any(x is not None for x in steps.gradients):
            rows.append(row(cell(bars(numbers, color), span=2)))
        ends = run("t = 1 ", MUTED, 8) + step_number(numbers[0], color)
        ends += run(f"   t = {len(numbers)} ", MUTED, 8) + step_number(numbers[-1], color)
        rows.append(row(cell(run(f"{word}   ", MUTED, 8) + ends, span=2)))
    return rows


def step_number(x: float | None, color: str) -> str:
    """The number of one step."""
    finite = x is None or math.isfinite(x)
    return run("–" if x is None else number_text(x), color if finite else ALARM, 9, bold=True)


def bars(numbers: Sequence[float | None], color: str) -> str:
    """Sizes as bars on a logarithmic scale from the least to the greatest; none for 0, a dark one for NaN or infinity."""
    every = math.ceil(len(numbers) / MOST_BARS)
    chosen = numbers[::-every][::-1]  # the last among them
    logs = [math.log10(abs(x)) for x in numbers if x and math.isfinite(x)]
    low, high = min(logs, default=0.0), max(logs, default=0.0)
    low = min(low, high - 1)  # what hardly changes should look so
    width = 7 if len(chosen) <= 16 else 3
    lines = []
    for x in chosen:
        part, fill = 0.0, color
        if x is not None and not math.isfinite(x):
            part, fill = 1.0, UNDEFINED
        elif x:
            part = (math.log10(abs(x)) - low) / (high - low)
            fill = tinted(color, 0.3 + 0.7 * part)
        height = 0 if not x else max(2, round(BAR_HEIGHT * (0.1 + 0.9 * part)))
        size = f'WIDTH="{width}" FIXEDSIZE="TRUE"'
        blank = f'<TR><TD {size} HEIGHT="{BAR_HEIGHT - height}"></TD></TR>' if height < BAR_HEIGHT else ""
        full = f'<TR><TD {size} HEIGHT="{height}" BGCOLOR="{fill}"></TD></TR>' if height else ""
        lines.append(f'<TD><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{blank}{full}</TABLE></TD>')
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="1" CELLPADDING="0"><TR>{"".join(lines)}</TR></TABLE>'


def tinted(color: str, part: float) -> str:
    """A colour mixed with white."""
    return "#" + "".join(f"{round(255 + (int(color[i : i + 2], 16) - 255) * part):02X}" for i in (1, 3, 5))


def number_cell(q: Quantity, color: str, points: int, side: str = "LEFT", span: int = 1, word: str = "") -> str:
    """A number in the colour of its role; NaN and infinities in one of their own."""
    text = run(word, MUTED, 8) + run(q.text, color if q.finite else ALARM, points, bold=True)
    return cell(text, side, span=span, fill="" if q.finite else ALARM_FILL)


def heat_map(rows: Sequence[Sequence[float]]) -> str:
    """A small array as coloured cells: blue below zero, white at zero, orange above, black where undefined."""
    finite = [abs(x) for r in rows for x in r if math.isfinite(x)]
    top = max(finite, default=0.0)
    side = 9 if max(len(rows), len(rows[0])) <= 8 else 7
    size = f'WIDTH="{side}" HEIGHT="{side}" FIXEDSIZE="TRUE"'
    lines = "".join(row(*[f'<TD {size} BGCOLOR="{shade(x, top)}"></TD>' for x in r]) for r in rows)
    return (
        f'<TABLE BORDER="1" COLOR="#D1D5DB" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE" '
        f'WIDTH="{side * len(rows[0]) + 2}" HEIGHT="{side * len(rows) + 2}">{lines}</TABLE>'
    )


def shade(x: float, top: float) -> str:
    """The colour of one cell."""
    if not math.isfinite(x):
        return UNDEFINED
    part = abs(x) / top if top else 0.0
    end = POSITIVE if x > 0 else NEGATIVE
    return "#" + "".join(f"{round(255 + (c - 255) * part):02X}" for c in end)


def tooltip(card: Card) -> str:
    """A card in words."""
    if card.note:
        return visible(" ".join([card.title, *card.note]))
    words = [card.title, f"value {card.value.text}"]
    if card.gradient is not None:
        words.append(f"gradient {card.gradient.text}")
    return visible(", ".join(words))
