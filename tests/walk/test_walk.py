"""Twenty seconds of the random walk; `make long` walks for ten minutes, `python -m tests.walk` for as long as told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.walk.strikes import STORIES

ROOT = Path(__file__).resolve().parents[2]
STEPS = 120


@pytest.mark.parametrize("faults", ["none", "all"])
@pytest.mark.parametrize("seed", [1_000, 2_000])
def test_a_random_walk_breaks_no_promise_that_is_kept(seed: int, faults: str) -> None:
    """In a process of its own, as the application is another one there: another AWS, another clock."""
    command = [sys.executable, "-m", "tests.walk", "--steps", str(STEPS), "--seed", str(seed), "--faults", faults]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("story", [story.__name__ for story in STORIES])
def test_a_story_is_told_in_its_order_whichever_call_is_struck(story: str) -> None:
    command = [sys.executable, "-m", "tests.walk.strikes", story, "--few"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
