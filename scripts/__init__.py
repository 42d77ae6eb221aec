"""The original's commands, thin and outside the wheel. Each calls `noktvrn`."""
