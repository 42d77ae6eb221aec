"""Benchmarks: printed figures, never assertions. `make bench` runs them all; `python -m bench.NAME` one."""
