"""Columns of a bar chart in eighths of a cell, several rows high."""

from __future__ import annotations

from typing import Literal

EIGHTHS = " ▁▂▃▄▅▆▇█"
Ink = Literal["body", "peak", "both", "none"]
"""Of a cell: `both` is a body whose ground is the peak above it."""


def cell(peak: float, body: float, row: int, rows: int) -> tuple[str, Ink]:
    """The sign of one cell, and what it shows; row 0 is the top one, heights are 0..1."""
    below = (rows - 1 - row) * 8
    full = max(0, min(8, round(body * rows * 8) - below))
    high = max(full, min(8, round(peak * rows * 8) - below))
    if full == 8:
        return EIGHTHS[8], "body"
    if full and high == 8:
        return EIGHTHS[full], "both"
    if full:
        return EIGHTHS[full], "body"
    return EIGHTHS[high], "peak" if high else "none"


def captions(spans: list[tuple[str, float]], columns: int) -> str:
    """Names where they begin (share of the whole), as far as each has room before the next begins."""
    line = [" "] * columns
    starts = [round(start * columns) for _, start in spans] + [columns]
    for (name, _), start, end in zip(spans, starts, starts[1:], strict=False):
        if len(name) < end - start or (len(name) == end - start and end == columns):
            line[start : start + len(name)] = name
    return "".join(line[:columns])
