"""The label's book, one file per noun.

Every function takes an open connection, so that a caller joins several acts in one transaction and
commits at its own edge; nothing here commits.
"""
