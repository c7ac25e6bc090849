"""Makes the lean client where the way to AWS is a plain one. Where AWS is, who calls it and what else the configuration
asks for is read by botocore, from the environment, its files and the services that hand out credentials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.configprovider import ConfiguredEndpointProvider
from botocore.exceptions import NoCredentialsError, NoRegionError
from botocore.session import Session
from botocore.utils import get_environ_proxies

from chalicelib.store.transport.client import Client

# The partitions whose names do not end in amazonaws.com, by how their regions begin (partitions.json of the SDKs).
_SUFFIXES = {
    "cn-": "amazonaws.com.cn",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
    "us-isof-": "csp.hci.ic.gov",
    "eu-isoe-": "cloud.adc-e.uk",
    "eusc-": "amazonaws.eu",
}

# What these ask for is done by botocore.
_ASKING_FOR_MORE = ("use_fips_endpoint", "use_dualstack_endpoint")


def client(session: Session, region: str, other: Callable[[], Any]) -> Client | None:
    """The client for the tables in `region`, empty for that of the configuration; `other` gives botocore's, for what
    the lean one does not do. None if there are proxies or another kind of endpoint: it knows neither."""
    place = region or session.get_config_variable("region")
    if not place:
        raise NoRegionError
    url = _configured(session) or endpoint(place)
    if get_environ_proxies(url) or any(session.get_config_variable(name) for name in _ASKING_FOR_MORE):
        return None

    def credentials() -> Any:
        found = session.get_credentials()
        if found is None:
            raise NoCredentialsError
        return found.get_frozen_credentials()

    return Client(url, place, credentials, other, authorities=session.get_config_variable("ca_bundle"))


def endpoint(region: str) -> str:
    """Where DynamoDB is in a region."""
    suffix = next((name for begin, name in _SUFFIXES.items() if region.startswith(begin)), "amazonaws.com")
    return f"https://dynamodb.{region}.{suffix}"


def _configured(session: Session) -> str | None:
    """The address that AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL or a profile gives."""
    if session.get_config_variable("ignore_configured_endpoint_urls"):
        return None
    profile = session.get_scoped_config()
    found: str | None = ConfiguredEndpointProvider(session.full_config, profile, "dynamodb").provide()
    return found
