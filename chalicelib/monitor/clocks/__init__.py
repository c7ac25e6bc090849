"""What the clocks do: the sweep, the tick, roll-ups and daily sums."""
