"""The ports, one page each, named after the label's jobs.

A role file holds the Protocol, its request and answer values. Rooms ask a role; `providers/` play it;
neither imports the other. Files travel as paths inside the working folder of the request, never as bytes.
"""
