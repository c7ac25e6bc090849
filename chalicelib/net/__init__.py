"""The way to where users send Tocsin: web addresses, names, and the guard that every connection passes.

Channels and probes both call what users named. What may be called, and how a connection comes about, stands here once.
"""
