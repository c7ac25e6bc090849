"""Storms of news on a simulated account: senders that throttle, ten functions at once, and a clock that nobody waits
for. `python -m tests.storms`."""
