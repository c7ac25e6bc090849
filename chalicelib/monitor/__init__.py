"""Use cases: receive a ping, sweep, deliver, manage. Everything the dialects and the clocks ask for."""
