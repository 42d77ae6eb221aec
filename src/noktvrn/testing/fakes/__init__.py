"""Servers on loopback that speak the contracts of outside services, and fail as they are told.

They are products of this house like any other part: providers are tested against them, and a person can try
a whole label without a key: `python -m noktvrn.testing.fakes suno --port 0`.
"""
