"""Doubles of the outside for tests and trials: servers on loopback that answer, or fail as told.

What comes in: a script of faults. What goes out: real HTTP on 127.0.0.1. Nothing of the house may import it.
"""
