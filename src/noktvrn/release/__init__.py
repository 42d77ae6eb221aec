"""Releases: drafting, checking and sealing the package a store can take.

What comes in: the values of a finished run (artist, track, pictures, films, words), identifiers and dates
as arguments, files as paths. What goes out: a `ReleaseDraft` a person can give a verdict on, reports of the
house's own checks, and a sealed package folder with an ERN 4.3.2 message.

It never opens a connection, reads a clock, touches the ledger, or ships a schema file of DDEX; sealing the
same inputs gives the same bytes.
"""
