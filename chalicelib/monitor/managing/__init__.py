"""Managing what an owner sets up: projects, checks, channels, silences."""
