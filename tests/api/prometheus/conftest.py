"""A scraper: it sends the read-only key as the bearer token, and reads as Prometheus's own library reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.api.client import Answer, Api

Labels = dict[str, str]


@dataclass
class Scraper:
    api: Api
    key: str

    def get(self, query: str = "") -> Answer:
        return self.api.get(f"/metrics{query}", key="", headers={"Authorization": f"Bearer {self.key}"})

    def scrape(self, query: str = "") -> dict[str, list[tuple[Labels, float]]]:
        """The samples of each family by its name, as the official parser reads them."""
        answer = self.get(query)
        assert answer.status == 200, answer.text
        return samples(answer.text)

    def one(self, family: str, **labels: str) -> float:
        """The value of the one sample that has these labels."""
        (value,) = [value for found, value in self.scrape()[family] if labels.items() <= found.items()]
        return value


def samples(text: str) -> dict[str, list[tuple[Labels, float]]]:
    found = list(text_string_to_metric_families(text))
    assert len({family.name for family in found}) == len(found), "a family stands there twice"
    read: dict[str, list[Any]] = {}
    for family in found:
        assert family.documentation and family.type in ("gauge", "counter"), family
        name = f"{family.name}_total" if family.type == "counter" else family.name
        read[name] = [(one.labels, one.value) for one in family.samples]
        keys = [tuple(sorted(labels.items())) for labels, _ in read[name]]
        assert len(set(keys)) == len(keys), f"{name}: two samples have the same labels"
    return read


@pytest.fixture
def scraper(api: Api, reader: Api) -> Scraper:
    return Scraper(api, reader.key)
