"""The alarms of a deployed stage and the topic that they go to: what Tocsin cannot tell about itself."""

from __future__ import annotations

from typing import Any

from chalicelib import functions
from chalicelib.functions import Function
from chalicelib.settings import Settings
from infra.resources import Resources, failed, logical, name_of

MINUTE = 60
# Seconds. What is decided in time is decided within two.
DETECTED_WITHIN = 5
LOOKED_AT_WITHIN = 10
# At these rates SES places an account under review (Amazon SES Developer Guide, "Reputation metrics").
BOUNCES, COMPLAINTS = 0.05, 0.001
TOPIC = "AlarmTopic"
CONDITIONS = {"AlarmsAreRead": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]}}


def alarms(settings: Settings) -> Resources:
    """The topic, its one reader if there is one, and every alarm."""
    made: Resources = {
        TOPIC: {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": settings.resource("alarms")}},
        "AlarmReader": {
            "Type": "AWS::SNS::Subscription",
            "Condition": "AlarmsAreRead",
            "Properties": {"TopicArn": {"Ref": TOPIC}, "Protocol": "email", "Endpoint": {"Ref": "AlarmEmail"}},
        },
        "SweepsMissedAlarm": _sweeps_missed(settings),
        "TicksMissedAlarm": _ticks_missed(settings),
        "SweepLateAlarm": _sweep_late(settings),
        "DeadlinesLateAlarm": _deadlines_late(settings),
        "ProbesLateAlarm": _probes_late(settings),
        "CommandsLateAlarm": _commands_late(settings),
        "FaultsAlarm": _faults(settings),
        "SpendingLimitAlarm": _spending_limit(settings),
        "BounceRateAlarm": _reputation(settings, "bounce", BOUNCES),
        "ComplaintRateAlarm": _reputation(settings, "complaint", COMPLAINTS),
    }
    for noun in (*functions.fed(), "clocks"):
        made[f"{name_of(noun)}FailedAlarm"] = _queue_not_empty(settings, noun)
    for function in functions.FUNCTIONS:
        made[f"{logical(function)}ErrorsAlarm"] = _function_failed(settings, function)
    return made


def _sweeps_missed(settings: Settings) -> dict[str, Any]:
    """Silence about the silence: no sweep has come to its end for five minutes."""
    return _missed(settings, "Sweeps", "No sweep for five minutes: checks that fall silent are not noticed.")


def _ticks_missed(settings: Settings) -> dict[str, Any]:
    return _missed(settings, "Ticks", "No tick for five minutes: no probe, rule or command is asked for.")


def _missed(settings: Settings, counter: str, words: str) -> dict[str, Any]:
    """What a clock counts each minute (`log.count`) has not been counted for five."""
    return _alarm(
        settings.resource(f"{counter.lower()}-missed"),
        words,
        **_counted(settings, counter),
        Statistic="Sum",
        Period=MINUTE,
        EvaluationPeriods=5,
        ComparisonOperator="LessThanThreshold",
        Threshold=1,
        TreatMissingData="breaching",
    )


def _sweep_late(settings: Settings) -> dict[str, Any]:
    """A sweep looks 75 seconds ahead; what falls due between that and a run that comes later is found late."""
    return _alarm(
        settings.resource("sweep-late"),
        "A sweep came later than the one before looked ahead: silence was noticed late.",
        **_counted(settings, "SweepLagSeconds"),
        Statistic="Maximum",
        Period=MINUTE,
    )


def _deadlines_late(settings: Settings) -> dict[str, Any]:
    """There is more to decide than there are workers, or their queue is held up."""
    words = f"Of a hundred checks that fell silent, one was noticed more than {DETECTED_WITHIN} seconds late."
    return _late(settings, "deadlines-late", words, "DetectionSeconds", DETECTED_WITHIN)


def _probes_late(settings: Settings) -> dict[str, Any]:
    """There is more to look at than there are workers, or they are held up."""
    words = f"Of a hundred batches of looks, one began more than {LOOKED_AT_WITHIN} seconds after its moment."
    return _late(settings, "probes-late", words, "ProbeLagSeconds", LOOKED_AT_WITHIN)


def _commands_late(settings: Settings) -> dict[str, Any]:
    """There is more to run than there are workers, or they are held up."""
    words = f"Of a hundred runs of commands, one began more than {LOOKED_AT_WITHIN} seconds after its moment."
    return _late(settings, "commands-late", words, "CommandLagSeconds", LOOKED_AT_WITHIN)


def _late(settings: Settings, name: str, words: str, counter: str, seconds: int) -> dict[str, Any]:
    """One of a hundred took longer than so many seconds."""
    return _alarm(
        settings.resource(name),
        words,
        **_counted(settings, counter),
        ExtendedStatistic="p99",
        Period=5 * MINUTE,
        Threshold=seconds,
    )


def _faults(settings: Settings) -> dict[str, Any]:
    """What nobody foresaw, and what did not keep the others of its batch from their turn. Counted by `log.fault`."""
    return _alarm(
        settings.resource("faults"),
        "Something went wrong that nobody foresaw; the log has its trace, on a line of level ERROR.",
        **_counted(settings, "Faults"),
        Statistic="Sum",
        Period=5 * MINUTE,
    )


def _spending_limit(settings: Settings) -> dict[str, Any]:
    """Counted by `log.count` when SNS says so of a text message."""
    return _alarm(
        settings.resource("sms-spending-limit"),
        "The account's monthly spending limit for text messages is reached: none is delivered.",
        **_counted(settings, "SpendingLimitReached"),
        Statistic="Sum",
        Period=5 * MINUTE,
    )


def _reputation(settings: Settings, what: str, rate: float) -> dict[str, Any]:
    """Of the account's mails, from whatever they are: SES pauses all of them together."""
    return _alarm(
        settings.resource(f"{what}-rate"),
        f"The {what} rate of the account's mails is one at which SES reviews accounts, and may pause them.",
        Namespace="AWS/SES",
        MetricName=f"Reputation.{what.capitalize()}Rate",
        Statistic="Maximum",
        Period=60 * MINUTE,
        Threshold=rate,
    )


def _counted(settings: Settings, counter: str) -> dict[str, Any]:
    """A counter of `log.count`."""
    dimensions = [{"Name": "Stage", "Value": settings.stage}]
    return {"Namespace": "Tocsin", "MetricName": counter, "Dimensions": dimensions}


def _queue_not_empty(settings: Settings, noun: str) -> dict[str, Any]:
    return _alarm(
        settings.resource(failed(noun)),
        f"What {settings.resource(noun)} handed out failed time after time and was set aside.",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": {"Fn::GetAtt": [f"{name_of(noun)}FailedQueue", "QueueName"]}}],
        Statistic="Maximum",
        Period=MINUTE,
    )


def _function_failed(settings: Settings, function: Function) -> dict[str, Any]:
    return _alarm(
        settings.resource(f"{function.name.replace('_', '-')}-errors"),
        f"The function {function.name} failed or ran out of time; its log group has the reason.",
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": {"Ref": logical(function)}}],
        Statistic="Sum",
        Period=5 * MINUTE,
    )


# What most alarms have in common: they go off with the first period above nought, and silence is good news.
_AT_ONCE: dict[str, Any] = {
    "EvaluationPeriods": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 0,
    "TreatMissingData": "notBreaching",
}


def _alarm(name: str, description: str, **properties: Any) -> dict[str, Any]:
    told = [{"Ref": TOPIC}]
    about = {"AlarmName": name, "AlarmDescription": description, "AlarmActions": told, "OKActions": told}
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**about, **_AT_ONCE, **properties}}
