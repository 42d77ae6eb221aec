"""The store's rules, one idea a file, registered in the books of `release.cases` when imported.

What comes in: a case. What goes out: notes. A rule is pure over its case, changes nothing, and cannot be
switched off.
"""
