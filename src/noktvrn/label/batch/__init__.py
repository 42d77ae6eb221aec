"""The batch: a label that works by itself.

A cycle looks after the lifecycle, reads back what earlier productions came to, chooses artists, adapts what
is asked of them to how listeners responded, and starts productions; workers do the rest. What comes in: a
slot of a schedule, or a person's `batch once`. What goes out: runs of priority 1, and a row that tells what
was chosen and what became of it. A slot starts nothing twice, whoever dies in the middle of it.
"""
