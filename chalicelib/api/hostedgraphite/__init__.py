"""The Hosted Graphite dialect: points in at the sink, alerts, mutes, schedules and notification channels, v2."""

from chalicelib.api.hostedgraphite import alerts, backtest, metrics, muting, notifications, schedules, sink

BLUEPRINTS = (
    muting.blueprint,
    backtest.blueprint,
    alerts.blueprint,
    notifications.blueprint,
    schedules.blueprint,
    sink.blueprint,
    metrics.blueprint,
)
