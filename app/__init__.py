"""The original's way to start the API, thin and outside the wheel."""
