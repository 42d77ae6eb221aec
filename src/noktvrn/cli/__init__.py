"""The command line: parse, ask the label, show. Data goes to stdout, everything else to stderr.

Nothing heavy is imported before a command needs it, so `noktvrn --help` costs little more than Python itself.
"""
