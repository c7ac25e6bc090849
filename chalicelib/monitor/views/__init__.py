"""Answers that are computed from what is kept: badges and uptimes."""
