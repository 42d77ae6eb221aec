"""The label's nouns as frozen values.

What comes in: data. What goes out: the same data, checked. A noun reads no clock, draws no random
number and does no I/O, so a production can be replayed from its brief and seed.
"""
