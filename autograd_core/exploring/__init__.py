"""A drawing as a page: one file that steps through the record and back, without a network.

tape             the record in the order of its walks, with the arithmetic of every step
ways             all ways from a value to the output, each with what flows back along it
panels           arrays to look into
stretches        parts of a long record without modules; which parts are open at first
contents         all of that as plain data
pages            the file: data, styles, scripts and what it may do
page/            its parts; vendor/ holds Graphviz, which lays the cards out in the page
explorer         `explore` and what a drawing's `save` calls
"""

from .explorer import explore, save

__all__ = ["explore", "save"]
