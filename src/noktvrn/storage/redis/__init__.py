"""Redis, where one is set: it carries what may be lost, faster than the ledger would.

Nothing here is a source of truth. A Redis that dies, hangs, forgets or lies costs a moment and nothing else.
"""
