"""The ground everything stands on: errors, ids, clock, money, seeds.

Nothing here knows the label's words, reads a file or opens a connection, and nothing here imports
anything heavier than the standard library, so every command may load it for free.
"""
