"""What the answers of services mean for the news: one table of every error code, with the reason.

final: no later attempt can be taken; what is wrong is this channel, as the recipient's side says. again: it may be
mended meanwhile by the owner of the installation, by AWS or by the receiver, so it is tried again with growing pauses.
wait: the service takes no more for now. That is no failed attempt, only a wait, as long as the service says or else as
stands in the table.

The first matching row of a service decides; without one, the first matching row of HTTP or of AWS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from chalicelib.channels import waits
from chalicelib.core.errors import Undelivered

if TYPE_CHECKING:
    from chalicelib.channels.sender import Answer

Outcome = Literal["final", "again", "wait"]


@dataclass(frozen=True, slots=True)
class Row:
    """An error of a service: its code, the words that the answer must hold besides, in lower case, and what it means.

    The code is AWS's, or an HTTP status; "4xx" is every status of that hundred, "" every code. `seconds` to wait stand
    in for those that a service does not tell."""

    service: str
    code: str
    words: str
    outcome: Outcome
    why: str
    seconds: float = 0.0

    def fits(self, service: str, code: str, text: str) -> bool:
        """Whether the row speaks of this error; `text` is the answer in lower case."""
        same = not self.code or self.code == code or (self.code[1:] == "xx" and self.code[0] == code[:1])
        return self.service == service and same and self.words in text


def meaning(service: str, code: str, text: str = "") -> Row:
    """The row for an error of a service. `text` is what the service says; some rows ask for words in it. There always
    is a row."""
    found = (row for each in (service, BASES[service]) for row in TABLE if row.fits(each, code, text.lower()))
    return next(found)


def undelivered(message: str, row: Row, told: float | None = None, *, status: int = 0) -> Undelivered:
    """The failure that a row means.

    `told` is the number of seconds for which the service asks to be left alone, None if it does not ask. It counts with
    every error but a final one. Who answers with a `status` of 500 and more has failed on the way, and may have done
    what he was asked for before."""
    if row.outcome == "final":
        return Undelivered(message, permanent=True)
    if told is None and row.outcome == "wait":
        told = row.seconds
    return Undelivered(message, after=told, unanswered=status >= 500)


def refused(service: str, answer: Answer, now: datetime) -> Undelivered:
    """The failure that an HTTP answer means. The answer's words stay out of the message: they may repeat what was
    sent."""
    row = meaning(service, str(answer.status), answer.body.decode("utf-8", "replace"))
    told = waits.told(answer.headers, now, limited=row.outcome == "wait")
    return undelivered(f"answered {answer.status}", row, told, status=answer.status)


def _rows(service: str, codes: str, words: str, outcome: Outcome, why: str, seconds: float = 0.0) -> Iterator[Row]:
    """One row for each of the codes, which are parted by spaces."""
    for code in codes.split() or [""]:
        yield Row(service, code, words, outcome, why, seconds)


# What a service's answers come with: the rows of these hold for what it does not speak of.
BASES = {
    "SES": "AWS",
    "SNS": "AWS",
    "PagerDuty": "HTTP",
    "Opsgenie": "HTTP",
    "VictorOps": "HTTP",
    "Slack": "HTTP",
    "webhook": "HTTP",
}

# AWS's own words for "too many" say nothing of time: the pace at which the sender is told says when.
_PACE = 0.0
# Amazon SES, Errors related to the sending quotas: wait up to ten minutes, then retry.
_QUOTA = 600.0
# How long a service that says "too many" is left alone if it does not say for how long.
_PAUSE = 60.0

_VERIFIED = "an address is not verified in SES: the sender's, or in the sandbox the recipient's"
_DAY = "the day's quota of mails is used up"
_KEY_OF_TOPIC = "the topic's encryption key cannot be used"

TABLE: tuple[Row, ...] = (
    # Amazon SES API v2, SendEmail, Errors; Amazon SES Developer Guide, Errors when sending.
    *_rows("SES", "MessageRejected", "not verified", "again", _VERIFIED),
    *_rows("SES", "MessageRejected", "blacklisted", "final", "SES does not send to this address any more"),
    *_rows("SES", "MessageRejected", "suppression list", "final", "SES does not send to this address any more"),
    *_rows("SES", "MessageRejected", "virus", "final", "SES takes the content for a virus"),
    *_rows("SES", "MessageRejected", "", "again", "SES rejects the sender or the account"),
    *_rows("SES", "BadRequestException", "toaddresses", "final", "SES cannot read an address of the channel"),
    *_rows("SES", "BadRequestException", "destination", "final", "SES cannot read an address of the channel"),
    *_rows("SES", "BadRequestException", "recipient", "final", "SES cannot read an address of the channel"),
    *_rows("SES", "BadRequestException", "", "again", "SES cannot read the sender or a setting of the installation"),
    *_rows("SES", "NotFoundException", "", "again", "an identity or configuration set is missing in SES"),
    *_rows("SES", "MailFromDomainNotVerifiedException", "", "again", "the sender's domain is not verified in SES"),
    *_rows("SES", "MailFromDomainNotVerified", "", "again", "the sender's domain is not verified in SES"),
    *_rows("SES", "AccountSuspendedException", "", "again", "SES has suspended the account"),
    *_rows("SES", "SendingPausedException", "", "again", "sending is paused in SES"),
    *_rows("SES", "AccountSendingPausedException", "", "again", "sending is paused in SES"),
    *_rows("SES", "ConfigurationSetSendingPausedException", "", "again", "sending is paused in SES"),
    *_rows("SES", "Throttling ThrottlingException TooManyRequestsException", "daily", "wait", _DAY, _QUOTA),
    *_rows("SES", "LimitExceededException", "", "wait", "a quota of the account is used up", _QUOTA),
    # Amazon SNS API Reference, Publish, Errors.
    *_rows("SNS", "InvalidParameter", "sandbox", "again", "SNS is in its sandbox: the number is not verified"),
    *_rows("SNS", "ValidationException UserError", "sandbox", "again", "the number is not verified in SNS's sandbox"),
    *_rows("SNS", "InvalidParameter", "not verified", "again", "SNS is in its sandbox: the number is not verified"),
    *_rows(
        "SNS", "InvalidParameter InvalidParameterValue ParameterValueInvalid", "", "final", "no such number or topic"
    ),
    *_rows("SNS", "ValidationException ValidationError", "", "final", "no such number or topic"),
    *_rows("SNS", "OptedOut", "", "final", "the owner of the number wants no messages"),
    *_rows("SNS", "NotFound", "", "final", "the topic does not exist"),
    *_rows("SNS", "EndpointDisabled", "", "final", "the endpoint is switched off"),
    *_rows("SNS", "PlatformApplicationDisabled", "", "again", "the platform application is switched off"),
    *_rows("SNS", "KMSThrottling", "", "wait", "the topic's encryption key is asked too often", _PACE),
    *_rows("SNS", "KMSAccessDenied KMSDisabled KMSInvalidState KMSNotFound", "", "again", _KEY_OF_TOPIC),
    *_rows("SNS", "KMSOptInRequired", "", "again", _KEY_OF_TOPIC),
    # Common errors; the words for "too many" are those that AWS's own clients retry.
    *_rows("AWS", "Throttling ThrottlingException ThrottledException Throttled", "", "wait", "too many at once", _PACE),
    *_rows("AWS", "TooManyRequestsException RequestThrottled", "", "wait", "too many at once", _PACE),
    *_rows("AWS", "RequestThrottledException RequestLimitExceeded", "", "wait", "too many at once", _PACE),
    *_rows("AWS", "BandwidthLimitExceeded SlowDown", "", "wait", "too many at once", _PACE),
    *_rows("AWS", "LimitExceededException PriorRequestNotComplete", "", "wait", "too many at once", _PACE),
    *_rows("AWS", "EC2ThrottledException TransactionInProgressException", "", "wait", "too many at once", _PACE),
    *_rows("AWS", "ProvisionedThroughputExceededException", "", "wait", "too many at once", _PACE),
    *_rows("AWS", "AccessDenied AccessDeniedException AuthorizationError", "", "again", "a permission is missing"),
    *_rows("AWS", "NotAuthorized UnauthorizedOperation OptInRequired", "", "again", "a permission is missing"),
    *_rows("AWS", "UnrecognizedClientException InvalidClientTokenId", "", "again", "AWS does not know the credentials"),
    *_rows("AWS", "InvalidSecurity SignatureDoesNotMatch", "", "again", "AWS does not take the credentials"),
    *_rows("AWS", "IncompleteSignature MissingAuthenticationToken", "", "again", "AWS does not take the credentials"),
    *_rows("AWS", "ExpiredToken ExpiredTokenException RequestExpired", "", "again", "the credentials have expired"),
    *_rows("AWS", "InternalFailure InternalError", "", "again", "a fault of AWS"),
    *_rows("AWS", "InternalServerErrorException ServiceUnavailable", "", "again", "a fault of AWS"),
    *_rows("AWS", "ServiceUnavailableException", "", "again", "a fault of AWS"),
    *_rows("AWS", "", "", "again", "not known to be final"),
    # PagerDuty, Events API v2, Response codes and retry logic.
    *_rows("PagerDuty", "400", "", "final", "the event or the key will never be taken"),
    *_rows("PagerDuty", "403", "rate limit", "wait", "too many at once", _PAUSE),
    # Opsgenie, Alert API and Response; Jira Service Management, Operations, Alert API.
    *_rows("Opsgenie", "400 422", "", "final", "the request will never be taken"),
    *_rows("Opsgenie", "401 403", "", "final", "the key is not known, or has no right to it"),
    *_rows("Opsgenie", "402", "", "final", "the account's plan does not hold it"),
    *_rows("Opsgenie", "404", "", "final", "there is no such integration"),
    # Splunk On-Call does not say what its answers mean; key and routing key stand in the address.
    *_rows("VictorOps", "400 401 403 404", "", "final", "the address is wrong"),
    *_rows("VictorOps", "200", "", "again", "it answers success and says failure"),
    # Slack, Error handling for incoming webhooks; Mattermost and Discord say the same in their words.
    *_rows("Slack", "4xx", "no_service", "final", "the webhook is gone"),
    *_rows("Slack", "4xx", "no_active_hooks", "final", "the webhook is gone"),
    *_rows("Slack", "4xx", "unknown webhook", "final", "the webhook is gone (Discord)"),
    *_rows("Slack", "4xx", "invalid webhook token", "final", "the webhook is gone (Discord)"),
    *_rows("Slack", "4xx", "web.incoming_webhook.invalid", "final", "the webhook is gone (Mattermost)"),
    *_rows("Slack", "4xx", "invalid_token", "final", "the webhook's token is not known"),
    *_rows("Slack", "4xx", "action_prohibited", "final", "an administrator forbids it"),
    *_rows("Slack", "4xx", "channel_not_found", "final", "its channel is gone"),
    *_rows("Slack", "4xx", "channel_is_archived", "final", "its channel is archived"),
    *_rows("Slack", "4xx", "no_team", "final", "its workspace is gone"),
    *_rows("Slack", "4xx", "team_disabled", "final", "its workspace is gone"),
    # What holds for all over HTTP. An endpoint answers 404 while it is deployed.
    *_rows("HTTP", "410", "", "final", "gone, says the receiver"),
    *_rows("HTTP", "429", "", "wait", "too many at once", _PAUSE),
    *_rows("HTTP", "", "", "again", "may be mended meanwhile"),
)
