"""The label's memory: the ledger (rows), the vault (files) and the audit trail.

What comes in: nouns, and files by path. What goes out: the same, as they were. Every act of the label is
one transaction that writes its rows and its audit row together, or nothing. Nothing here decides anything.
"""
