"""Drawings of recorded graphs: a document of plain data decides everything, Graphviz gives it a form.

symbols, rules   how an operation and its rule are written, by calling the rule on symbols
flow             what flows back along every edge
folding, folds   repetition in the record, found in stretches, and what is drawn of it
wishes           the options of a drawing
document, cards  what is drawn, as plain data; with uses, edges, groups and quantities
collapsing       modules as boxes
numbers          arrays taken apart; expanding, single calls, with rewiring
omitting         what is left out
composing        from a graph to its document
parts            what is around a value, or between two
troubles, heat   where numbers stop being finite, a call is flat or a gradient is cut; values compared
colours          one palette a theme
labels, charts   Graphviz's labels, and small pictures made of them
tables, legends  cards, and what stands above a drawing
dot              Graphviz's language
rendering        the programs that lay it out; with processes, which end in time
picture          `draw` and `Drawing`
"""

from .picture import Drawing, draw

__all__ = ["Drawing", "draw"]
