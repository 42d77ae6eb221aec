"""Prompts on trial: variants of a prompt, their share of the calls, the evidence for and against them."""
