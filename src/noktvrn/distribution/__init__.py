"""Distribution: carries a sealed package out of the house through the role Distributor.

What comes in: a sealed release, its folder, its verdict and a courier. What goes out: a delivery with the
courier's receipt. It never hands on a package whose hashes are not the approved and sealed ones, never one
without a verdict, and never test codes to a live store.
"""
