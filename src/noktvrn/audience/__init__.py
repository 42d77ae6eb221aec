"""The audience: how listeners responded, as counts.

What comes in: a table of figures in the house's one neutral format (docs/figures.md) and a way to find a
release. What goes out: `Performance` values, and for every line that was not read the line, the reason and
what to do. It never guesses: an empty cell is unknown, never zero, and a line that contradicts itself is
not mended. It stores nothing; `row_key` names a row so that whoever stores it can replace, not double.
"""
