"""Cards as tables: header, numbers, heat maps, and the bars of steps."""

from __future__ import annotations

import math

from .charts import bars, gauge, heat_map
from .colours import Palette
from .document import Box, Card, Heat, Quantity, Steps, Strip, visible
from .labels import cell, row, run, table
from .symbols import number_text, shape_text


class Tables:
    """Cards in the colours of a palette.

    brief   operations without numbers, where boxes and arrows tell of the gradient
    """

    def __init__(self, colours: Palette, brief: bool = False) -> None:
        self.colours, self.brief = colours, brief

    def card(self, card: Card) -> str:
        """A card as a table."""
        colours = self.colours
        rows = self.header(card)
        if not (self.brief and card.role == "op" and card.heat is None):
            rows += ["<HR/>", *self.body(card)]
        rows += [self.strip(strip) for strip in card.strips]
        if card.shown_at:
            rows.append(row(cell(self.word(f"used {card.shown_at} times, shown there"), span=2)))
        if card.sum:
            rows.append(row(cell(run(card.sum, colours.backward, 8), "RIGHT", span=2)))
        if card.adds:
            adds = run(card.adds, colours.backward, 9, bold=True)
            rows.append(row(cell(self.word("this use adds")), cell(adds, "RIGHT")))
        if card.rule:
            rows.append(row(cell(run(f"grad = {card.rule}", colours.local, 9, bold=True), span=2)))
        rows += self.heat(card.heat) if card.heat is not None else []
        rows += [row(cell(run(text, colours.ink, 9), span=2)) for text in card.hints]
        alarms = [run(text, colours.alarm, 9, bold=True) for text in card.alarms]
        rows += [row(cell(text, span=2, fill=colours.alarm_fill)) for text in alarms]
        color, width = (colours.alarm_line, 2.5) if card.alarms else (colours.accents[card.role], 1.3)
        dashed = card.role == "cut"
        return table(*rows, border=width, color=color, fill=colours.fills[card.role], rounded=True, dashed=dashed)

    def word(self, text: str) -> str:
        """A small word beside a number."""
        return run(text, self.colours.muted, 8)

    def header(self, card: Card) -> list[str]:
        """Name, formula and role; shape and dtype of an array."""
        colours = self.colours
        name = run(card.name, colours.ink if card.named else colours.muted, 12, bold=card.named)
        formula = run(f"  = {card.formula}", colours.muted, 9) if card.formula else ""
        word = card.box.kind if card.box is not None and card.box.kind != card.name else card.role
        role = run(word, colours.accents[card.role], 8) if word not in ("op", "module") else ""
        module = self.word(card.module)
        shape = (
            run(shape_text(card.shape), colours.ink, 9) + self.word(f"  {card.dtype}") if card.face == "array" else ""
        )
        if not card.dtype:
            role, module, shape = role or module, "", ""
        equation = run(card.equation, colours.muted, 8)
        lines = [(name + formula, role), (shape, module), (equation, "")]
        return [
            row(cell(left), cell(right, "RIGHT")) if right else row(cell(left, span=2)) for left, right in lines if left
        ]

    # -- below the line ------------------------------------------------------------------------------------------------

    def body(self, card: Card) -> list[str]:
        """What stands below the line."""
        if card.box is not None:
            return self.box(card.box)
        if card.note:
            return [row(cell(run(line, self.colours.muted, 9), span=2)) for line in card.note]
        if card.steps is not None:
            return self.steps(card, card.steps)
        return self.numbers(card) if card.face == "number" else self.arrays(card)

    def numbers(self, card: Card) -> list[str]:
        """Value and gradient, one below the other."""
        rows = [row(cell(self.word("value")), self.quantity(card.value, self.colours.forward, 11, "RIGHT"))]
        if card.gradient is not None:
            rows.append(row(cell(self.word("grad")), self.quantity(card.gradient, self.colours.backward, 11, "RIGHT")))
        return rows

    def arrays(self, card: Card) -> list[str]:
        """Value and gradient side by side: norms, and heat maps of small arrays."""
        pairs = [("value", card.value, self.colours.forward)]
        if card.gradient is not None:
            pairs.append(("grad", card.gradient, self.colours.backward))
        span = 2 if len(pairs) == 1 else 1
        rows = [row(*[self.quantity(q, color, 9, span=span, word=f"{word}  ") for word, q, color in pairs])]
        if any(q.cells is not None for _, q, _ in pairs):
            maps = ["" if q.cells is None else heat_map(q.cells, self.colours) for _, q, _ in pairs]
            rows.append(row(*[cell(picture, span=span, top=True) for picture in maps]))
        return rows

    def steps(self, card: Card, steps: Steps) -> list[str]:
        """The numbers of all steps as bars, with the first and the last in figures; of something shared its own, too."""
        rows = []
        if steps.shared:
            rows = self.numbers(card) if card.face == "number" else self.arrays(card)[:1]
        pairs = [("adds" if steps.shared else "grad", steps.gradients, self.colours.backward)]
        charted = any(x is not None for x in steps.gradients)
        for word, numbers, color in [("value", steps.values, self.colours.forward), *pairs]:
            if not any(x is not None for x in numbers):
                continue
            if word != "value" or not charted:
                rows.append(row(cell(bars(numbers, color, self.colours), span=2)))
            ends = self.word("t = 1 ") + self.number(numbers[0], color)
            ends += self.word(f"   t = {len(numbers)} ") + self.number(numbers[-1], color)
            rows.append(row(cell(self.word(f"{word}   ") + ends, span=2)))
        return rows

    def box(self, box: Box) -> list[str]:
        """What is in a module: operations, parameters, and the norm of their gradient."""
        counts = [f"{box.parameters:,} parameters"] if box.parameters else []
        counts.append(f"{box.operations:,} operation{'s' * (box.operations != 1)}")
        rows = [row(cell(self.word(" · ".join(counts)), span=2))]
        if box.gradient is not None:
            backward = self.colours.backward
            rows.append(row(cell(self.word("grad of parameters  ") + self.number(box.gradient, backward), span=2)))
            rows.append(row(cell(gauge(box.weight if box.gradient else None, backward, self.colours), span=2)))
        return rows

    # -- parts ---------------------------------------------------------------------------------------------------------

    def strip(self, strip: Strip) -> str:
        """A shared array within the card of an operation."""
        colours = self.colours
        adds = self.word(" adds ") + run(strip.adds, colours.backward, 9, bold=True) if strip.adds else ""
        lines = [run(strip.name, colours.ink, 9, bold=True) + adds, run(strip.rule, colours.local, 9)]
        rows = [row(cell(line)) for line in lines if line]
        color, fill = colours.accents[strip.role], colours.fills[strip.role]
        return row(cell(table(*rows, border=1, color=color, fill=fill, padding=1)[1:-1], span=2))

    def heat(self, heat: Heat) -> list[str]:
        """One number among those of all cards."""
        known = {"grad": self.colours.backward, "value": self.colours.forward}
        color = known.get(heat.of, self.colours.measure)
        text = self.word(f"{heat.of}  ") + run(heat.text, color, 9, bold=True)
        bar = gauge(heat.weight if heat.number else None, color, self.colours)
        return [row(cell(part, span=2)) for part in ((bar,) if heat.of in known else (text, bar))]

    def number(self, x: float | None, color: str) -> str:
        """A number within a line."""
        finite = x is None or math.isfinite(x)
        return run("–" if x is None else number_text(x), color if finite else self.colours.alarm, 9, bold=True)

    def quantity(self, q: Quantity, color: str, points: int, side: str = "LEFT", span: int = 1, word: str = "") -> str:
        """A number in the colour of its role; NaN and infinities in one of their own."""
        text = self.word(word) + run(q.text, color if q.finite else self.colours.alarm, points, bold=True)
        return cell(text, side, span=span, fill="" if q.finite else self.colours.alarm_fill)


def tooltip(card: Card) -> str:
    """A card in words."""
    if card.note:
        return visible(" ".join([card.title, *card.note]))
    words = [card.title, f"value {card.value.text}"]
    if card.gradient is not None:
        words.append(f"gradient {card.gradient.text}")
    return visible(", ".join(words))
