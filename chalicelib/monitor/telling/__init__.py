"""Telling people: the deliverer, what holds news back, and what a message says."""
