"""ZMON's subset of Python, in which commands and conditions are written. Pure."""
