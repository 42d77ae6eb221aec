"""The label's one door: the verbs every face shares, and the composition root that puts the house together.

Faces hand in what a person asked; they get back nouns or an error of `kernel/errors.py`. Verbs are short:
they check, join rooms, and write their rows and the audit row in one transaction. One file per noun.
"""
