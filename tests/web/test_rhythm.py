from chalicelib.core.check import Check
from chalicelib.web.rhythm import in_words
from tests.cases import each
from tests.conftest import NOW


@each(
    ("seconds", "words"),
    [
        (60, "Every minute"),
        (3_600, "Every hour"),
        (5_400, "Every 1 hour, 30 minutes"),
        (86_400, "Every day"),
        (1_209_600, "Every 14 days"),
    ],
)
def test_a_period(seconds: int, words: str) -> None:
    assert in_words(Check("p", "c", NOW, timeout=seconds)) == words


@each(
    ("expression", "words"),
    [
        ("* * * * *", "Every minute"),
        ("*/15 * * * *", "Every 15 minutes"),
        ("5 * * * *", "Every hour at minute 5"),
        ("0,30 * * * *", "Every hour at minutes 0 and 30"),
        ("10 */6 * * *", "Every 6 hours at minute 10"),
        ("5 4 * * *", "At 04:05, every day"),
        ("0 9,17 * * *", "At 09:00 and 17:00, every day"),
        ("0 9,12,17 * * *", "At 09:00, 12:00 and 17:00, every day"),
        ("30 3 * * 1-5", "At 03:30, Monday to Friday"),
        ("30 3 * * mon-fri", "At 03:30, Monday to Friday"),
        ("0 0 * * 0,6", "At 00:00, on Sunday and Saturday"),
        ("0 0 * * 7", "At 00:00, on Sunday"),
        ("*/5 * * * SUN", "Every 5 minutes, on Sunday"),
        ("0 6 1 * *", "At 06:00, on day 1 of the month"),
        ("0 6 1,15 * *", "At 06:00, on days 1 and 15 of the month"),
        ("0 6 1 JAN,7 *", "At 06:00, on day 1 of the month, in January and July"),
        ("0 6 * 12 *", "At 06:00, in December"),
    ],
)
def test_a_simple_cron_expression(expression: str, words: str) -> None:
    assert in_words(Check("p", "c", NOW, schedule_kind="cron", schedule=expression)) == words


@each(
    "expression",
    [
        "*/7 * * * *",
        "*/1 * * * *",
        "5-10 * * * *",
        "0 9-17 * * *",
        "*/5 9 * * *",
        "* 9 * * *",
        "0,15,30,45 1,2 * * *",
        "1,2,3,4,5 * * * *",
        "0 0 1 * 1",
        "0 0 L * *",
        "0 0 * * 5L",
        "0 0 * * MON#2",
        "0 0 * * */2",
        "0 0 * * 0-7",
        "0 0 */2 * *",
        "0 0 * 1-3 *",
    ],
)
def test_anything_more_is_left_to_the_expression_itself(expression: str) -> None:
    assert in_words(Check("p", "c", NOW, schedule_kind="cron", schedule=expression)) == ""


def test_an_oncalendar_expression_is_left_as_it_is() -> None:
    assert in_words(Check("p", "c", NOW, schedule_kind="oncalendar", schedule="Mon 09:00")) == ""
