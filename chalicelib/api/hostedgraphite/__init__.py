"""The Hosted Graphite dialect: points in at the sink, alerts, mutes, schedules and notification channels, v2."""

from chalicelib.api.hostedgraphite import alerts, backtest, metrics, muting, notifications, schedules, sink

RESOURCES = [
    *muting.RESOURCES,
    *backtest.RESOURCES,
    *alerts.RESOURCES,
    *notifications.RESOURCES,
    *schedules.RESOURCES,
    *sink.RESOURCES,
    *metrics.RESOURCES,
]
