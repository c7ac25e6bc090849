"""cloudwatch(): metrics and alarms of AWS."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from statistics import fmean
from typing import Any, ClassVar

from chalicelib.commands import aws
from chalicelib.commands.base import CommandError, Context, text, whole
from chalicelib.commands.time import moment_of
from chalicelib.commands.values import plain
from chalicelib.languages.conditions.exposed import Exposed

# A dimension that a metric must not have.
NOT_SET = "NOT_SET"
METRICS_MAX = 100
MINUTES_MAX = 14 * 1_440

_TOGETHER: dict[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "SampleCount": sum,
    "Average": fmean,
    "Minimum": min,
    "Maximum": max,
}
_STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")


def make(context: Context) -> Callable[..., CloudWatch]:
    def cloudwatch(region: object = None, assume_role_arn: object = None) -> CloudWatch:
        return CloudWatch(context, aws.client(context, "cloudwatch", region, assume_role_arn))

    return cloudwatch


class CloudWatch(Exposed):
    names: ClassVar[frozenset[str]] = frozenset({"query_one", "query", "alarms"})

    def __init__(self, context: Context, client: Any) -> None:
        self._context, self._client = context, client

    def query_one(
        self,
        dimensions: object,
        metric_name: object,
        statistics: object,
        namespace: object,
        period: object = 60,
        minutes: object = 5,
        start: object = None,
        end: object = None,
        extended_statistics: object = None,
    ) -> Any:
        """The newest value of one metric, None without one; of a list of statistics, by their names. `start` and `end`
        are moments as time() reads them."""
        wanted, extended = _listed(statistics, "statistics"), _listed(extended_statistics, "extended_statistics")
        asked = {
            "Namespace": text(namespace, "namespace", 255),
            "MetricName": text(metric_name, "metric_name", 255),
            "Dimensions": [{"Name": name, "Value": value} for name, value in _set(dimensions).items()],
        }
        span = self._span(period, minutes, start, end)
        newest = self._newest(**asked, **span, statistics=wanted, extended=extended)
        if newest is None:
            return None
        found = {name: newest.get(name) for name in wanted}
        found |= {name: newest.get("ExtendedStatistics", {}).get(name) for name in extended}
        return next(iter(found.values())) if len(found) == 1 else found

    def query(
        self,
        dimensions: object,
        metric_name: object,
        statistics: object = "Sum",
        namespace: object = None,
        period: object = 60,
        minutes: object = 5,
    ) -> dict[str, Any]:
        """The newest values of all metrics of a name that have these dimensions ("web-*" is like many, "NOT_SET" means
        that it has none): together under the metric's name, and by dimension under `dimensions`."""
        statistic, name = text(statistics, "statistics", 20), text(metric_name, "metric_name", 255)
        if statistic not in _TOGETHER:
            raise CommandError(f"statistics must be one of {', '.join(_TOGETHER)}")
        given, span = _dimensions(dimensions), self._span(period, minutes, None, None)
        values: list[float] = []
        by_dimension: dict[str, dict[str, list[float]]] = {}
        for metric in self._metrics(name, namespace, given):
            newest = self._newest(**metric, **span, statistics=[statistic], extended=[])
            if newest is None:
                continue
            values.append(newest[statistic])
            for one in metric["Dimensions"]:
                by_dimension.setdefault(one["Name"], {}).setdefault(one["Value"], []).append(newest[statistic])
        together = _TOGETHER[statistic]
        summed = {key: {value: together(found) for value, found in each.items()} for key, each in by_dimension.items()}
        return {"dimensions": summed} | ({name: together(values)} if values else {})

    def alarms(
        self,
        alarm_names: object = None,
        alarm_name_prefix: object = None,
        state_value: object = "ALARM",
        action_prefix: object = None,
        max_records: object = 50,
    ) -> list[dict[str, Any]]:
        """Alarms as CloudWatch describes them; `state_value` None for those in any state."""
        if state_value is not None and state_value not in _STATES:
            raise CommandError(f"state_value must be one of {', '.join(_STATES)}")
        asked = {
            "AlarmNames": _listed(alarm_names, "alarm_names") or None,
            "AlarmNamePrefix": None if alarm_name_prefix is None else text(alarm_name_prefix, "alarm_name_prefix", 255),
            "StateValue": state_value,
            "ActionPrefix": None if action_prefix is None else text(action_prefix, "action_prefix", 1_024),
            "MaxRecords": whole(max_records, "max_records", 1, 100),
        }
        with aws.told("CloudWatch"):
            answer = self._client.describe_alarms(**{name: one for name, one in asked.items() if one is not None})
        return [plain(one) for one in answer["MetricAlarms"]]

    def _span(self, period: object, minutes: object, start: object, end: object) -> dict[str, Any]:
        until = self._context.now() if end is None else self._moment(end)
        length = timedelta(minutes=whole(minutes, "minutes", 1, MINUTES_MAX))
        begin = until - length if start is None else self._moment(start)
        return {"StartTime": begin, "EndTime": until, "Period": whole(period, "period", 1, 86_400)}

    def _moment(self, spec: object) -> datetime:
        return moment_of(self._context, spec, UTC)

    def _newest(self, *, statistics: list[str], extended: list[str], **asked: Any) -> dict[str, Any] | None:
        kinds = {"Statistics": statistics, "ExtendedStatistics": extended}
        with aws.told("CloudWatch"):
            answer = self._client.get_metric_statistics(**asked, **{name: one for name, one in kinds.items() if one})
        points: list[dict[str, Any]] = answer["Datapoints"]
        return max(points, key=lambda point: point["Timestamp"], default=None)

    def _metrics(self, name: str, namespace: object, given: Mapping[str, str]) -> list[dict[str, Any]]:
        """The metrics that are meant, as they are asked for."""
        exact = {key: value for key, value in given.items() if value != NOT_SET and "*" not in value}
        asked: dict[str, Any] = {
            "MetricName": name,
            "Dimensions": [{"Name": key, "Value": value} for key, value in exact.items()],
        }
        if namespace is not None:
            asked["Namespace"] = text(namespace, "namespace", 255)
        with aws.told("CloudWatch"):
            answer = self._client.list_metrics(**asked)
        found = [metric for metric in answer["Metrics"] if _meant(metric["Dimensions"], given)]
        if len(found) > METRICS_MAX or answer.get("NextToken"):
            raise CommandError(f"there are more than {METRICS_MAX} such metrics")
        return [{key: metric[key] for key in ("Namespace", "MetricName", "Dimensions")} for metric in found]


def _dimensions(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise CommandError("dimensions must be a dict of texts")
    return {text(name, "a dimension", 255): text(one, "a dimension", 1_024) for name, one in value.items()}


def _set(value: object) -> dict[str, str]:
    return {name: one for name, one in _dimensions(value).items() if one != NOT_SET}


def _meant(dimensions: Sequence[Mapping[str, str]], given: Mapping[str, str]) -> bool:
    has = {one["Name"]: one["Value"] for one in dimensions}
    return all(
        name not in has if value == NOT_SET else fnmatchcase(has.get(name, ""), value) for name, value in given.items()
    )


def _listed(value: object, name: str) -> list[str]:
    given = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
    return [text(one, name, 255) for one in given]
