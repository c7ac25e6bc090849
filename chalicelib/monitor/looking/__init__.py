"""Looking at things and judging what was seen: probes, rules, readings, backtests."""
