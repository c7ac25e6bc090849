"""The random walk: the application driven through its entrances alone, on an AWS in memory that fails now and then.

It knows no module of the application by name: events go in through the functions that `app` registers, and what came of
them is read from the API's answers, from what the channels sent and from the tables that the template names. The
promises (`tests/walk/promises.py`) are written from the published documents and from docs/reliability.md.
"""
