"""history(): what was usual at this time of the week."""

from __future__ import annotations

from chalicelib.languages.conditions import Result, Situation, judge
from tests.cases import each

WEEK, HOUR, MINUTE = 7 * 86_400, 3_600, 60
# Half past ten, UTC.
NOW = 2_800.0 * WEEK + 10 * HOUR + 30 * MINUTE
# In the bin from ten to eleven: 8 and 12 in each of the last four weeks. Elsewhere: 1000.
PAST = [
    *(Result(NOW - week * WEEK - 20 * MINUTE, 8) for week in range(1, 5)),
    *(Result(NOW - week * WEEK + 20 * MINUTE, 12) for week in range(1, 5)),
    *(Result(NOW - week * WEEK + 40 * MINUTE, 1_000) for week in range(5)),
    *(Result(NOW - week * WEEK - 40 * MINUTE, 1_000) for week in range(5)),
    Result(NOW - 5 * WEEK, 1_000),
    Result(NOW - MINUTE, 1_000),
]


def verdict(text: str, value: object = 14, past: list[Result] = PAST) -> tuple[bool, str]:
    found = judge(text, Situation(value, past=past, now=NOW))
    return found.is_alert, found.captures.get("exception", "")


@each(
    "text",
    [
        "history().distance().bin_mean() == 10",
        "round(history().distance().bin_standard_deviation(), 3) == 2.138",
        "history().distance().absolute(value) == 4",
        "history().distance().absolute(6) == -4",
        "round(history().distance().sigma(value), 3) == 1.871",
        "history().distance(weeks=1, bin_size='25m', snap_to_bin=False).bin_mean() == 8",
        "history().get_avg('', 604800 + 1800, 604800) == [8.0]",
        "history().get_std_dev('', 604800 + 60, 604800) == []",
        "history().result('8d', 604800) == history().get_one(604800 + 86400, '7d') != []",
        "history().get_one(604800 + 1800, 604800)[0][1] == 8",
        "history().get_aggregated('', 'count', 86400, 0)[0] > 0",
    ],
)
def test_a_value_is_held_against_the_same_hour_of_the_weeks_before(text: str) -> None:
    assert verdict(text) == (True, "")


def test_a_part_of_a_value_is_named_by_its_path() -> None:
    past = [Result(one.ts, {"a": {"b": one.value}, "c": [1]}) for one in PAST]
    text = "{k: history().distance(dict_extractor_path=k).absolute(value) for k in ['a.b']} == {'a.b': 1}"
    assert verdict(text, {"a": {"b": 11}}, past) == (True, "")
    assert "dict_extractor_path" in verdict("history().distance().sigma(value)", {"a": 1}, past)[1]
    assert "no number" in verdict("history().distance(dict_extractor_path='x').sigma(value)", {"a": 1}, past)[1]


def test_values_that_never_differed_are_infinitely_far_from_any_other() -> None:
    past = [Result(one.ts, 10) for one in PAST]
    assert verdict("history().distance().sigma(11) == math.inf", past=past) == (True, "")
    assert verdict("history().distance().sigma(9) == -math.inf", past=past) == (True, "")
    assert verdict("history().distance().sigma(10) == 0", past=past) == (True, "")


def test_without_history_a_distance_cannot_be_told() -> None:
    assert "there is no history" in verdict("history().distance().sigma(value) > 2", past=[Result(NOW, 1)])[1]


@each("call", ["weeks=0", "weeks=10**6", "bin_size='0s'", "bin_size='90d'", "bin_size='x'"])
def test_a_bin_that_makes_no_sense_is_refused(call: str) -> None:
    assert verdict(f"history().distance({call}).bin_mean()")[1].startswith("ValueError")
