"""Mastering: a mix of any engine becomes a finished song at its loudness and under its true peak."""
