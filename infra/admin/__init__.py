"""Projects and their keys, from the command line: `python -m infra.admin`, or `make admin`.

The commands need services alone, so they run in two places: here, on the tables of a stage (commands.answer), or inside
the service that `make run` started, whose tables no other process can reach (door.handle, called by caller.ask).
"""
