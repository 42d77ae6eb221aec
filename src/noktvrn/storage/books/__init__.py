"""The ledger as a whole: written out row by row, read in again, and compared, on either database.

One form for both, and no server's tools: a ledger that was written out from SQLite can be read into
PostgreSQL, and back. The workflow engine's own tables stay out of it: the ledger is the truth, and what was
under way is enqueued anew from it.
"""
