"""What comes in: pings and points."""
