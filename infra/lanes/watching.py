"""The other two ways of watching, once each on a deployed stack: a metric out of its bounds, a site that is down."""

import time
from typing import Any

from infra.lanes.process import LaneFailed, step
from infra.lanes.web import Api, expect

METRIC = {"name": "Queue", "metric": "shop.*.queue", "alert_criteria": {"type": "above", "above_value": 5}}
# On the emulator every address is one of this machine, where nobody may be sent: so each look fails, and says why.
SITE = {"FullName": "Front page", "Frequency": 60, "Retries": 0}
REASON = "address not allowed"
PATIENCE = 150.0
"""Seconds: two rounds of the schedule, and functions that have to be started first."""


def metric(api: Api, channel: str) -> None:
    """An alert, told to the channel of that name, and a point that breaches it."""
    api.call("POST", "/v2/alerts/", {**METRIC, "notification_channels": [channel]})
    expect(202, "POST", f"{api.url}/api/v1/sink", b"shop.web1.queue 9", {**api.headers, "Content-Type": "text/plain"})
    found = api.call("GET", "/v2/alerts/?name=Queue")["alerts"]
    if [alert["metric"] for alert in found] != [METRIC["metric"]]:
        raise LaneFailed(f"the alerts are {found}")


def site(api: Api) -> str:
    """The id of a device that is looked at from now on."""
    return str(api.call("POST", "/v1.1/devices", {**SITE, "URL": api.url})["device_id"])


def expect_down(api: Api, device: str, patience: float = PATIENCE) -> None:
    """LaneFailed unless the device is seen to be down, for the reason that it must be, with a result and an outage."""
    shown: dict[str, Any] = {}
    end = time.monotonic() + patience
    while shown.get("Status") != "Down":
        if time.monotonic() > end:
            raise LaneFailed(f"the device is not down within {patience:.0f} s but {shown}")
        time.sleep(1)
        shown = api.call("GET", f"/v1.1/devices/{device}")
    with step("outage and results"):
        (outage,) = api.listed(f"/v1.1/devices/{device}/outages")
        results = api.listed(f"/v1.1/devices/{device}/checks")
        if outage["Reason"] != REASON or not results:
            raise LaneFailed(f"the outage is {outage}, the results are {results}")
