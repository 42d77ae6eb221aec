"""noktvrn: a record label of AI music artists, run from the shell."""

__version__ = "0.1.0"
