"""The roles around a draft: a critic scores it, the validator holds it to the rules, a refiner mends it."""
