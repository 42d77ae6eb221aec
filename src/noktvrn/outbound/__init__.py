"""Everything that leaves the house: addresses, guarded requests, tickets.

What comes in: a request, a limit, a list of secrets. What goes out: an answer that was read whole, or one of
the kernel's errors. It must never send a paid request twice, follow a redirect, reach an address the person
did not mean, or let a secret into an error, a log or the ledger.
"""
