"""Benchmarks: what the hot paths cost in store calls, request units, CPU and time. `make bench` prints them."""
