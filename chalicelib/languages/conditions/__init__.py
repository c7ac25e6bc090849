"""The language of ZMON's check commands and alert conditions: a part of Python 3, read once and run within a budget.

Pure; what commands may call comes from whoever runs them. Source: ZMON, Check Command Reference and Alert Functions.
"""

from chalicelib.languages.conditions.budget import Budget, Surroundings
from chalicelib.languages.conditions.errors import ConditionError, Exhausted, Failed, Malformed
from chalicelib.languages.conditions.exposed import Exposed
from chalicelib.languages.conditions.program import Program, command, condition, run
from chalicelib.languages.conditions.situation import Result, Situation, Verdict, cast, clashes, judge
from chalicelib.languages.conditions.spans import seconds
from chalicelib.languages.conditions.texts import filled

__all__ = [
    "Budget",
    "ConditionError",
    "Exhausted",
    "Exposed",
    "Failed",
    "Malformed",
    "Program",
    "Result",
    "Situation",
    "Surroundings",
    "Verdict",
    "cast",
    "clashes",
    "command",
    "condition",
    "filled",
    "judge",
    "run",
    "seconds",
]
