"""What the errors of services mean for the news: one table of every code, with the reason.

final: no later attempt can be taken; what is wrong is this channel, as the recipient's side says. again: it may be
mended meanwhile by the owner of the installation, by AWS or by the receiver, so it is tried again with growing pauses.
wait: the service takes no more for now. That is no failed attempt, only a wait, as long as the service says or else as
stands in the table.

The first matching row of a service decides; without one, the first matching row of HTTP or of AWS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["final", "again", "wait"]


@dataclass(frozen=True, slots=True)
class Row:
    """An error of a service: its code, the words that the answer must hold besides, in lower case, and what it means.

    The code is AWS's, an HTTP status, or one that the service says in the body of its answer (see `bodies`); "4xx" is
    every status of that hundred, "" every code. `seconds` to wait stand in for those that a service does not tell."""

    service: str
    code: str
    words: str
    outcome: Outcome
    why: str
    seconds: float = 0.0

    def fits(self, service: str, code: str, said: str, text: str) -> bool:
        """Whether the row speaks of this error; `said` is the code in the answer's body, `text` the answer in lower
        case."""
        same = self.code in ("", code, said) or (self.code[1:] == "xx" and self.code[0] == code[:1])
        return self.service == service and same and self.words in text


def meaning(service: str, code: str, text: str = "", said: str = "") -> Row:
    """The row for an error of a service. `text` is what the service says, some rows ask for words in it; `said` is the
    code that its body holds beside the status. There always is a row."""
    found = (row for each in (service, BASES[service]) for row in TABLE if row.fits(each, code, said, text.lower()))
    return next(found)


def rows(service: str, codes: str, words: str, outcome: Outcome, why: str, seconds: float = 0.0) -> Iterator[Row]:
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
    "Telegram": "HTTP",
    "Discord": "HTTP",
    "Teams": "HTTP",
    "ntfy": "HTTP",
    "Matrix": "HTTP",
    "Mattermost": "HTTP",
    "Pushover": "HTTP",
    "Google Chat": "HTTP",
    "Rocket.Chat": "HTTP",
    "Gotify": "HTTP",
    "Zulip": "HTTP",
    "Alertmanager": "HTTP",
    "Twilio": "HTTP",
    "Kafka REST": "HTTP",
    "LINE": "HTTP",
    "Signal": "HTTP",
    "WeCom": "HTTP",
    "DingTalk": "HTTP",
    "Feishu": "HTTP",
    "Threema": "HTTP",
    "Sensu": "HTTP",
    "Apprise": "HTTP",
}

# AWS's own words for "too many" say nothing of time: the pace at which the sender is told says when.
_PACE = 0.0
# Amazon SES, Errors related to the sending quotas: wait up to ten minutes, then retry.
_QUOTA = 600.0
# How long a service that says "too many" is left alone if it does not say for how long.
_PAUSE = 60.0
# How long one is left alone whose quota of a day or a month is used up.
_QUARTER = 900.0

_VERIFIED = "an address is not verified in SES: the sender's, or in the sandbox the recipient's"
_DAY = "the day's quota of mails is used up"
_KEY_OF_TOPIC = "the topic's encryption key cannot be used"

TABLE: tuple[Row, ...] = (
    # Amazon SES API v2, SendEmail, Errors; Amazon SES Developer Guide, Errors when sending.
    *rows("SES", "MessageRejected", "not verified", "again", _VERIFIED),
    *rows("SES", "MessageRejected", "blacklisted", "final", "SES does not send to this address any more"),
    *rows("SES", "MessageRejected", "suppression list", "final", "SES does not send to this address any more"),
    *rows("SES", "MessageRejected", "virus", "final", "SES takes the content for a virus"),
    *rows("SES", "MessageRejected", "", "again", "SES rejects the sender or the account"),
    *rows("SES", "BadRequestException", "toaddresses", "final", "SES cannot read an address of the channel"),
    *rows("SES", "BadRequestException", "destination", "final", "SES cannot read an address of the channel"),
    *rows("SES", "BadRequestException", "recipient", "final", "SES cannot read an address of the channel"),
    *rows("SES", "BadRequestException", "", "again", "SES cannot read the sender or a setting of the installation"),
    *rows("SES", "NotFoundException", "", "again", "an identity or configuration set is missing in SES"),
    *rows("SES", "MailFromDomainNotVerifiedException", "", "again", "the sender's domain is not verified in SES"),
    *rows("SES", "MailFromDomainNotVerified", "", "again", "the sender's domain is not verified in SES"),
    *rows("SES", "AccountSuspendedException", "", "again", "SES has suspended the account"),
    *rows("SES", "SendingPausedException", "", "again", "sending is paused in SES"),
    *rows("SES", "AccountSendingPausedException", "", "again", "sending is paused in SES"),
    *rows("SES", "ConfigurationSetSendingPausedException", "", "again", "sending is paused in SES"),
    *rows("SES", "Throttling ThrottlingException TooManyRequestsException", "daily", "wait", _DAY, _QUOTA),
    *rows("SES", "LimitExceededException", "", "wait", "a quota of the account is used up", _QUOTA),
    # Amazon SNS API Reference, Publish, Errors.
    *rows("SNS", "InvalidParameter", "sandbox", "again", "SNS is in its sandbox: the number is not verified"),
    *rows("SNS", "ValidationException UserError", "sandbox", "again", "the number is not verified in SNS's sandbox"),
    *rows("SNS", "InvalidParameter", "not verified", "again", "SNS is in its sandbox: the number is not verified"),
    *rows(
        "SNS", "InvalidParameter InvalidParameterValue ParameterValueInvalid", "", "final", "no such number or topic"
    ),
    *rows("SNS", "ValidationException ValidationError", "", "final", "no such number or topic"),
    *rows("SNS", "OptedOut", "", "final", "the owner of the number wants no messages"),
    *rows("SNS", "NotFound", "", "final", "the topic does not exist"),
    *rows("SNS", "EndpointDisabled", "", "final", "the endpoint is switched off"),
    *rows("SNS", "PlatformApplicationDisabled", "", "again", "the platform application is switched off"),
    *rows("SNS", "KMSThrottling", "", "wait", "the topic's encryption key is asked too often", _PACE),
    *rows("SNS", "KMSAccessDenied KMSDisabled KMSInvalidState KMSNotFound", "", "again", _KEY_OF_TOPIC),
    *rows("SNS", "KMSOptInRequired", "", "again", _KEY_OF_TOPIC),
    # Common errors; the words for "too many" are those that AWS's own clients retry.
    *rows("AWS", "Throttling ThrottlingException ThrottledException Throttled", "", "wait", "too many at once", _PACE),
    *rows("AWS", "TooManyRequestsException RequestThrottled", "", "wait", "too many at once", _PACE),
    *rows("AWS", "RequestThrottledException RequestLimitExceeded", "", "wait", "too many at once", _PACE),
    *rows("AWS", "BandwidthLimitExceeded SlowDown", "", "wait", "too many at once", _PACE),
    *rows("AWS", "LimitExceededException PriorRequestNotComplete", "", "wait", "too many at once", _PACE),
    *rows("AWS", "EC2ThrottledException TransactionInProgressException", "", "wait", "too many at once", _PACE),
    *rows("AWS", "ProvisionedThroughputExceededException", "", "wait", "too many at once", _PACE),
    *rows("AWS", "AccessDenied AccessDeniedException AuthorizationError", "", "again", "a permission is missing"),
    *rows("AWS", "NotAuthorized UnauthorizedOperation OptInRequired", "", "again", "a permission is missing"),
    *rows("AWS", "UnrecognizedClientException InvalidClientTokenId", "", "again", "AWS does not know the credentials"),
    *rows("AWS", "InvalidSecurity SignatureDoesNotMatch", "", "again", "AWS does not take the credentials"),
    *rows("AWS", "IncompleteSignature MissingAuthenticationToken", "", "again", "AWS does not take the credentials"),
    *rows("AWS", "ExpiredToken ExpiredTokenException RequestExpired", "", "again", "the credentials have expired"),
    *rows("AWS", "InternalFailure InternalError", "", "again", "a fault of AWS"),
    *rows("AWS", "InternalServerErrorException ServiceUnavailable", "", "again", "a fault of AWS"),
    *rows("AWS", "ServiceUnavailableException", "", "again", "a fault of AWS"),
    *rows("AWS", "", "", "again", "not known to be final"),
    # PagerDuty, Events API v2, Response codes and retry logic.
    *rows("PagerDuty", "400", "", "final", "the event or the key will never be taken"),
    *rows("PagerDuty", "403", "rate limit", "wait", "too many at once", _PAUSE),
    # Opsgenie, Alert API and Response; Jira Service Management, Operations, Alert API.
    *rows("Opsgenie", "400 422", "", "final", "the request will never be taken"),
    *rows("Opsgenie", "401 403", "", "final", "the key is not known, or has no right to it"),
    *rows("Opsgenie", "402", "", "final", "the account's plan does not hold it"),
    *rows("Opsgenie", "404", "", "final", "there is no such integration"),
    # Splunk On-Call does not say what its answers mean; key and routing key stand in the address.
    *rows("VictorOps", "400 401 403 404", "", "final", "the address is wrong"),
    *rows("VictorOps", "200", "", "again", "it answers success and says failure"),
    # Slack, Error handling for incoming webhooks; Mattermost and Discord say the same in their words.
    *rows("Slack", "4xx", "no_service", "final", "the webhook is gone"),
    *rows("Slack", "4xx", "no_active_hooks", "final", "the webhook is gone"),
    *rows("Slack", "4xx", "unknown webhook", "final", "the webhook is gone (Discord)"),
    *rows("Slack", "4xx", "invalid webhook token", "final", "the webhook is gone (Discord)"),
    *rows("Slack", "4xx", "web.incoming_webhook.invalid", "final", "the webhook is gone (Mattermost)"),
    *rows("Slack", "4xx", "invalid_token", "final", "the webhook's token is not known"),
    *rows("Slack", "4xx", "action_prohibited", "final", "an administrator forbids it"),
    *rows("Slack", "4xx", "channel_not_found", "final", "its channel is gone"),
    *rows("Slack", "4xx", "channel_is_archived", "final", "its channel is archived"),
    *rows("Slack", "4xx", "no_team", "final", "its workspace is gone"),
    *rows("Slack", "4xx", "team_disabled", "final", "its workspace is gone"),
    # Telegram, Bot API, Making requests and ResponseParameters.
    *rows("Telegram", "400", "chat not found", "final", "there is no such chat, or the bot has never been in it"),
    *rows("Telegram", "400", "message thread not found", "final", "there is no such topic in the chat"),
    *rows("Telegram", "401 404", "", "final", "the bot's token is not known"),
    *rows("Telegram", "403", "blocked", "final", "the user has blocked the bot"),
    *rows("Telegram", "403", "kicked", "final", "the bot was thrown out of the chat"),
    *rows("Telegram", "403", "deactivated", "final", "the user's account is gone"),
    *rows("Telegram", "403", "deleted", "final", "the chat is gone"),
    *rows("Telegram", "403", "not a member", "final", "the bot is not in the chat"),
    # Discord, Execute Webhook, JSON Error Codes and Rate Limits.
    *rows("Discord", "10015", "", "final", "the webhook is gone"),
    *rows("Discord", "10003", "", "final", "the webhook's channel or thread is gone"),
    *rows("Discord", "50027", "", "final", "the webhook's token is not known"),
    *rows("Discord", "401 404", "", "final", "the webhook is gone"),
    *rows("Discord", "403", "", "final", "the webhook may not write there"),
    *rows("Discord", "400", "", "final", "the message will never be taken"),
    # Microsoft Teams, "When a Teams webhook request is received"; Azure Logic Apps, Request trigger.
    *rows("Teams", "400", "workflowtriggerisnotenabled", "final", "the workflow is switched off"),
    *rows("Teams", "400", "", "final", "the workflow does not take the card"),
    *rows("Teams", "401 403", "", "final", "the signature in the address is not taken"),
    *rows("Teams", "404", "", "final", "the workflow is gone or switched off"),
    # ntfy, Publishing, and its list of error codes: HTTP status and two digits.
    *rows("ntfy", "400", "", "final", "the topic is no topic's name, or the message is not taken"),
    *rows("ntfy", "401", "", "final", "the access token is not known"),
    *rows("ntfy", "403", "", "final", "the topic is reserved, or the token may not write to it"),
    *rows("ntfy", "413", "", "final", "the message is too large for the server"),
    *rows("ntfy", "42908", "", "wait", "the day's messages are used up", _QUARTER),
    # Matrix, Client-Server API, Standard error response and Rate limiting.
    *rows("Matrix", "M_UNKNOWN_TOKEN M_MISSING_TOKEN", "", "final", "the access token is not known"),
    *rows("Matrix", "M_USER_DEACTIVATED", "", "final", "the user's account is gone"),
    *rows("Matrix", "M_FORBIDDEN", "", "final", "the user is not in the room, or may not write there"),
    *rows("Matrix", "M_TOO_LARGE", "", "final", "the message is too large for the server"),
    *rows("Matrix", "401 403", "", "final", "the access token is not known, or may not write to the room"),
    *rows("Matrix", "404", "m_not_found", "final", "there is no such room"),
    *rows("Matrix", "404", "m_unrecognized", "final", "the address is no home server's"),
    *rows("Matrix", "413", "", "final", "the message is too large for the server"),
    # Mattermost, Incoming webhooks; the ids stand in the JSON of its errors.
    *rows("Mattermost", "4xx", "web.incoming_webhook.invalid", "final", "the webhook is gone"),
    *rows("Mattermost", "4xx", "web.incoming_webhook.channel", "final", "its channel is gone"),
    *rows("Mattermost", "4xx", "web.incoming_webhook.user", "final", "its user is gone"),
    *rows("Mattermost", "4xx", "web.incoming_webhook.permissions", "final", "it may not write to the channel"),
    # Pushover, Message API, API friendliness: a 4xx will never be taken as it is, a 429 is the month's limit.
    *rows("Pushover", "4xx", "application token is invalid", "final", "the application's token is not known"),
    *rows("Pushover", "4xx", "user identifier is", "final", "there is no such user or group, or it has no device"),
    *rows("Pushover", "4xx", "user key is", "final", "there is no such user or group, or it has no device"),
    *rows("Pushover", "4xx", "device name is not valid", "final", "the user has no such device"),
    *rows("Pushover", "429", "", "wait", "the month's messages are used up", _QUARTER),
    *rows("Pushover", "400 401 403 404 413", "", "final", "the message will never be taken"),
    # Google Chat, Incoming webhooks, Usage limits; google.rpc.Code.
    *rows("Google Chat", "400", "", "final", "the address or the message is not taken"),
    *rows("Google Chat", "401 403", "", "final", "the address has no right to write to the space"),
    *rows("Google Chat", "404", "", "final", "the space or the webhook is gone"),
    # Rocket.Chat, Incoming webhooks.
    *rows("Rocket.Chat", "4xx", "invalid integration id or token", "final", "the webhook is gone"),
    *rows("Rocket.Chat", "4xx", "invalid-channel", "final", "its channel is gone"),
    *rows("Rocket.Chat", "4xx", "invalid_channel", "final", "its channel is gone"),
    *rows("Rocket.Chat", "4xx", "integration disabled", "final", "the webhook is switched off"),
    # Gotify, REST API, createMessage.
    *rows("Gotify", "400", "", "final", "the message will never be taken"),
    *rows("Gotify", "401 403", "", "final", "the application's token is not known"),
    # Zulip, REST API error handling, Send a message.
    *rows("Zulip", "RATE_LIMIT_HIT", "", "wait", "too many at once", _PAUSE),
    *rows("Zulip", "STREAM_DOES_NOT_EXIST BAD_CHANNEL", "", "final", "there is no such channel"),
    *rows("Zulip", "USER_DEACTIVATED REALM_DEACTIVATED", "", "final", "the bot or its organization is switched off"),
    *rows("Zulip", "400", "", "final", "the recipient or the message is not taken"),
    *rows("Zulip", "401 403", "", "final", "the bot's address or key is not known, or it may not write there"),
    # Alertmanager, API v2, postAlerts.
    *rows("Alertmanager", "400", "", "final", "the alert will never be taken"),
    *rows("Alertmanager", "401 403", "", "final", "the user or password is not taken"),
    # Twilio, Messages resource, and its dictionary of errors.
    *rows("Twilio", "21211 21214 21217 21614", "", "final", "there is no such number, or it takes no text messages"),
    *rows("Twilio", "21610", "", "final", "the owner of the number wants no messages"),
    *rows("Twilio", "21212 21603 21606 21659 21660", "", "final", "the sender is no number of the account"),
    *rows("Twilio", "21705", "", "final", "there is no such messaging service"),
    *rows("Twilio", "20003 20404", "", "final", "the account or its token is not known"),
    *rows("Twilio", "20429 21611 14107", "", "wait", "too many at once", _PAUSE),
    *rows("Twilio", "63038", "", "wait", "the day's messages are used up", _QUARTER),
    *rows("Twilio", "401 404", "", "final", "the account or its token is not known"),
    # Confluent REST Proxy, API v2 and v3: HTTP status and two digits, or the status alone.
    *rows("Kafka REST", "401 403 40101 40301", "", "final", "the user is not known, or may not write to the topic"),
    *rows("Kafka REST", "404 40401 40403", "", "final", "there is no such topic or cluster"),
    *rows("Kafka REST", "400 413 422 42201 42202 42203 42204 42205", "", "final", "the record will never be taken"),
    *rows("Kafka REST", "42901 42902 42903 42904", "", "wait", "too many at once", _PAUSE),
    # LINE, Messaging API, Status codes, Retrying an API request.
    *rows("LINE", "400", "", "final", "there is no such recipient, or the message is not taken"),
    *rows("LINE", "401 403", "", "final", "the channel access token is not known, or may not send"),
    *rows("LINE", "429", "monthly limit", "wait", "the month's messages are used up", _QUARTER),
    # signal-cli-rest-api, Send a signal message.
    *rows("Signal", "429", "", "wait", "Signal asks for a captcha, or it was too many at once", _QUARTER),
    *rows("Signal", "400", "rate limit", "wait", "Signal asks for a captcha, or it was too many at once", _QUARTER),
    *rows("Signal", "400", "captcha", "wait", "Signal asks for a captcha, or it was too many at once", _QUARTER),
    *rows("Signal", "400", "unregistered user", "final", "a recipient is not registered with Signal"),
    *rows("Signal", "400", "not registered", "final", "the sender is not registered with Signal"),
    *rows("Signal", "400", "invalid group", "final", "a recipient is no group"),
    *rows("Signal", "400", "invalid phone number", "final", "a number is not taken"),
    # WeCom, Group robots, and its global error codes; DingTalk, Custom robots; Feishu, Custom bots.
    *rows("WeCom", "93000 93008", "", "final", "the robot is gone"),
    *rows("WeCom", "40008 40035 40058 44004 45002", "", "final", "the message will never be taken"),
    *rows("WeCom", "45009 45033", "", "wait", "too many at once", _PAUSE),
    *rows("DingTalk", "310000", "", "final", "the robot's security settings refuse it: signature, keyword or address"),
    *rows("DingTalk", "300001 400013 400101 400102", "", "final", "the robot is gone or switched off"),
    *rows("DingTalk", "130101 90030 410100", "", "wait", "too many at once", _PAUSE),
    *rows("Feishu", "19001 19002", "", "final", "the bot is gone, or the message is not taken"),
    *rows("Feishu", "19021 19022 19024", "", "final", "the bot's security settings refuse it"),
    *rows("Feishu", "11232 230020", "", "wait", "too many at once", _PAUSE),
    *rows("Feishu", "9499", "too many", "wait", "too many at once", _PAUSE),
    *rows("Feishu", "9499", "", "final", "the message will never be taken"),
    # Threema Gateway, Send messages in basic mode.
    *rows("Threema", "400", "", "final", "there is no such recipient, or the identity is not set up for this"),
    *rows("Threema", "401", "", "final", "the gateway's identity or secret is not known"),
    *rows("Threema", "402", "", "again", "the account has no credits left"),
    *rows("Threema", "404", "", "final", "there is no such recipient"),
    *rows("Threema", "413", "", "final", "the message is too long"),
    # Sensu Go, Events API.
    *rows("Sensu", "400", "", "final", "the event will never be taken"),
    *rows("Sensu", "401 403", "", "final", "the API key is not known, or may not write there"),
    *rows("Sensu", "404", "", "final", "there is no such namespace"),
    # What holds for all over HTTP. An endpoint answers 404 while it is deployed.
    *rows("HTTP", "410", "", "final", "gone, says the receiver"),
    *rows("HTTP", "429", "", "wait", "too many at once", _PAUSE),
    *rows("HTTP", "", "", "again", "may be mended meanwhile"),
)
