"""Drawings of recorded graphs: a document of plain data decides everything, Graphviz gives it a form.

symbols, rules   how an operation and its rule are written, by calling the rule on symbols
flow             what flows back along every edge
document, cards  what is drawn, as plain data
dot, rendering   Graphviz's language, and the programs that lay it out
picture          `draw` and `Drawing`
"""

from .picture import Drawing, draw

__all__ = ["Drawing", "draw"]
