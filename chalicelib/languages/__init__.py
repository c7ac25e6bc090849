"""Languages that people write to us in: Graphite targets, composite expressions, conditions. Pure."""
