"""What is looked at or judged: the part of a check's definition that is its kind's own. Kept as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

from chalicelib.core.criteria import Criterion

if TYPE_CHECKING:
    from chalicelib.core.check import Check

FIRST = "a"


class Spec(Protocol):
    """What a kind of check knows of each of its checks and nobody else can read: a frozen dataclass."""

    def document(self) -> dict[str, Any]:
        """The spec as JSON, without what is as it is by default."""

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The spec that `document` made this JSON of; names that this version does not know are passed over."""


@dataclass(frozen=True, slots=True)
class ProbeSpec:
    """The definition of a probe.

    `definition` is that of its type of probe as JSON: `probes.read` makes the type's own dataclass of it. Here it is
    read for the few names that mean the same in every type. `retries` is the number of further
    failures that confirm the first, each `retry_delay` seconds after the one before. `locations` are the places to look
    from, home if there are none. A look that takes `perf_warn` milliseconds is Slow, one that takes `perf_crit`
    Critical (0: never); from `perf_down` on that counts as a failure, "" for never.
    """

    definition: Mapping[str, object]
    retries: int = 1
    retry_delay: int = 5
    locations: tuple[str, ...] = ()
    perf_warn: int = 0
    perf_crit: int = 0
    perf_down: Literal["", "Slow", "Critical"] = ""

    @property
    def type(self) -> str:
        """The name of the type of probe."""
        return str(self.definition["type"])

    @property
    def timeout(self) -> float:
        """The seconds that a look may take."""
        found = self.definition.get("timeout")
        return found if isinstance(found, (int, float)) else 0

    @property
    def host(self) -> str:
        """Where it looks: a URL without what follows a question mark (it may be a secret), a host or a domain."""
        found = self.definition.get("url") or self.definition.get("host") or self.definition.get("domain") or ""
        return str(found).partition("?")[0]

    @property
    def address(self) -> str:
        """The same with the port that stands beside a host."""
        port = None if self.definition.get("url") else self.definition.get("port")
        return f"{self.host}:{port}" if port else self.host

    def document(self) -> dict[str, Any]:
        return _without_defaults(self)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> ProbeSpec:
        known = _known(cls, document)
        return cls(**known | {"locations": tuple(document.get("locations", ()))})


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion of a rule: its letter, the Graphite target that it reads, and the criterion itself."""

    letter: str
    target: str
    criterion: Criterion


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """What a rule judges: its criteria in the order of their letters, the first of which is `a`, and the expression
    over them. `on_query_failure` says whether a query that fails is told (it is, unless this is `ignore`; "" where the
    owner did not say). `changed` is when the criteria were changed last (milliseconds since 1970), 0 for never: what
    came before that changes nothing."""

    parts: tuple[Part, ...]
    expression: str = FIRST
    on_query_failure: Literal["", "ignore", "notify"] = ""
    changed: int = 0

    @property
    def metric(self) -> str:
        """The target of the first criterion, by which the rule is known."""
        return self.parts[0].target

    def criterion(self, letter: str) -> Criterion:
        """Raises KeyError if no criterion is called so."""
        return {part.letter: part.criterion for part in self.parts}[letter]

    def document(self) -> dict[str, Any]:
        parts = [[part.letter, part.target, _without_defaults(part.criterion)] for part in self.parts]
        return _without_defaults(self) | {"parts": parts}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> RuleSpec:
        parts = tuple(Part(letter, target, Criterion(**one)) for letter, target, one in document["parts"])
        return cls(**_known(cls, document) | {"parts": parts})


@dataclass(frozen=True, slots=True)
class ConditionSpec:
    """What an alert definition judges, with what it inherits: the results of the command of this number, for each
    entity that fits one of the `filters` (all that the command is run for if there are none) and none of `exclude`.
    `number` is its own id. `parameters` is what the condition knows by name, each with its `value` and perhaps its
    `type`, `period` the time in which it is told, "" for always. `priority` is 1 for red, 2 for orange, 3 for yellow.
    """

    number: int
    command: int
    condition: str
    filters: tuple[Mapping[str, Any], ...] = ()
    exclude: tuple[Mapping[str, Any], ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    period: str = ""
    priority: int = 3
    team: str = ""
    responsible_team: str = ""

    def document(self) -> dict[str, Any]:
        return _without_defaults(self)

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> ConditionSpec:
        several = {name: tuple(document.get(name, ())) for name in ("filters", "exclude")}
        return cls(**_known(cls, document) | several)


@dataclass(frozen=True, slots=True)
class PanelCondition:
    """One condition of the alert of a panel: each series of the `target`, which is the query called `letter`, is
    reduced to one value, from `start` seconds ago until `end` seconds ago; the evaluator compares that with the
    `bounds`. The `operator` joins the condition to all before it."""

    letter: str
    target: str
    start: int
    end: int = 0
    reducer: str = "avg"
    evaluator: str = "gt"
    bounds: tuple[float, ...] = ()
    operator: Literal["and", "or"] = "and"

    @property
    def seconds(self) -> int:
        return self.start - self.end


@dataclass(frozen=True, slots=True)
class Place:
    """The dashboard that a panel is on, by number, uid, slug, title and tags, and the panel's own number there."""

    dashboard: int
    uid: str
    slug: str
    title: str
    tags: tuple[str, ...]
    panel: int


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """What the alert of a panel judges (Grafana's dashboards): its conditions, in their order. It has to fire for
    `pending` seconds before it is down. `no_data` says what it is when there is nothing to be judged, `on_error` what
    when its queries fail. `labels` are its own tags, `place` is None where the panel is on no dashboard yet."""

    conditions: tuple[PanelCondition, ...]
    place: Place | None = None
    pending: int = 0
    no_data: Literal["no_data", "alerting", "keep_state", "ok"] = "no_data"
    on_error: Literal["alerting", "keep_state", "ok"] = "alerting"
    labels: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        conditions = [_without_defaults(one) for one in self.conditions]
        place = {"place": asdict(self.place)} if self.place else {}
        return _without_defaults(self) | {"conditions": conditions} | place

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> PanelSpec:
        conditions = tuple(
            PanelCondition(**_known(PanelCondition, one) | {"bounds": tuple(one.get("bounds", ()))})
            for one in document["conditions"]
        )
        found = document.get("place")
        place = Place(**_known(Place, found) | {"tags": tuple(found["tags"])}) if found else None
        return cls(**_known(cls, document) | {"conditions": conditions, "place": place})


def panel_of(check: Check) -> PanelSpec:
    """What the alert of a panel judges. Raises TypeError if the check is none."""
    if not isinstance(check.spec, PanelSpec):
        raise TypeError(f"{check.code} is no alert of a panel")
    return check.spec


def place_of(check: Check) -> Place | None:
    """The dashboard and the panel that a check belongs to, None for what belongs to none."""
    return check.spec.place if isinstance(check.spec, PanelSpec) else None


def condition_of(check: Check) -> ConditionSpec:
    """What an alert definition judges. Raises TypeError if the check is none."""
    if not isinstance(check.spec, ConditionSpec):
        raise TypeError(f"{check.code} is no alert definition")
    return check.spec


def probe_of(check: Check) -> ProbeSpec:
    """What a probe looks at. Raises TypeError if the check is no probe."""
    if not isinstance(check.spec, ProbeSpec):
        raise TypeError(f"{check.code} is no probe")
    return check.spec


def rule_of(check: Check) -> RuleSpec:
    """What a rule judges. Raises TypeError if the check is no rule."""
    if not isinstance(check.spec, RuleSpec):
        raise TypeError(f"{check.code} is no rule")
    return check.spec


def _without_defaults(value: Any) -> dict[str, Any]:
    """The fields of a dataclass that are not as they are by default."""
    return {field.name: found for field in fields(value) if (found := getattr(value, field.name)) != field.default}


def _known(cls: type, document: Mapping[str, Any]) -> dict[str, Any]:
    """What of a document this version knows."""
    names = {field.name for field in fields(cls)}
    return {name: value for name, value in document.items() if name in names}
