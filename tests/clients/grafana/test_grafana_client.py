"""grafana-client: a smoke."""
import pytest
from tests.clients.grafana.conftest import opening
from tests.clients.grafana.world import STATES, World


def test_world(world: World) -> None:
    for one in world.alerts():
        print(one)
    for n in ("bgrafana-api", "grafana-api-sdk", "grafana-client", "grafana-backup", "hubot-grafana"):
        with opening(n) as o:
            c = o(world.project)
            for call in {"bgrafana-api": ["alerts.get_alerts","channels.get_alert_notification_lookup"], "grafana-api-sdk": ["alerts.get_alerts"], "grafana-client": ["connect", "get_version", "notifications.get_channels"], "grafana-backup": ["version","search_alerts"], "hubot-grafana": ["queryAlerts"]}[n]:
                print(n, call, str(c(call))[:300], c.logged)
