"""A short random walk; `make long` walks for ten minutes, `python -m tests.walk` for as long as told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.walk.strikes import STORIES

ROOT = Path(__file__).resolve().parents[2]
STEPS = 160


@pytest.mark.parametrize("faults", ["none", "all"])
def test_a_random_walk_breaks_no_promise_that_is_kept(faults: str) -> None:
    walked("tests.walk", "--steps", str(STEPS), "--seed", "1000", "--faults", faults)


# A process is longer in starting than in telling a story.
@pytest.mark.parametrize("stories", ["-".join(story.__name__ for story in STORIES[part::2]) for part in range(2)])
def test_a_story_is_told_in_its_order_whichever_call_is_struck(stories: str) -> None:
    walked("tests.walk.strikes", *stories.split("-"), "--few")


def walked(*arguments: str) -> None:
    """Runs in a process of its own, as the application is another one there: another AWS, another clock."""
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
