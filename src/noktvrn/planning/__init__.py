"""Release planning: what an artist publishes when, as briefs.

What comes in: an artist, a first day, a number of days, a seed and the days of releases that are already
fixed. What goes out: a `ContentPlan`, the same one for the same input. It reads no clock and no database,
decides nothing about money, and never books a store release that could not be delivered in time.
"""
