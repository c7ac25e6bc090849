"""The pure core: nouns, the state machine, schedules. Imports nothing but the standard library and calendars."""
