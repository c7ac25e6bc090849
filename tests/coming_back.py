"""SES and SNS as services that remember what they took, and say later what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from chalicelib.monitor.services import Services
from infra.local import feedback

Event = dict[str, Any]


@dataclass
class Post:
    """Both services, in front of the emulated ones; `mails` and `texts` are the requests, oldest first, each with the
    `MessageId` that was answered."""

    services: Services
    mails: list[Event] = field(default_factory=list)
    texts: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        outlet = self.services.outlet
        self._ses, self._sns = outlet.ses, outlet.sns
        outlet.__dict__.update(ses=self, sns=self, logs=self)
        self.log: list[tuple[float, str]] = []
        self.read: list[tuple[int, int]] = []

    def send_email(self, **request: Any) -> Any:
        answer = self._ses.send_email(**request)
        self.mails.append({**request, "MessageId": answer["MessageId"]})
        return answer

    def get_account(self) -> Any:
        return {"SendQuota": {"MaxSendRate": 14.0}}

    def publish(self, **request: Any) -> Any:
        answer = self._sns.publish(**request)
        self.texts.append({**request, "MessageId": answer["MessageId"]})
        return answer

    def filter_log_events(self, **asked: Any) -> Any:
        self.read.append((asked["startTime"], asked["endTime"]))
        lines = [(at, text) for at, text in self.log if asked["startTime"] <= at * 1000 < asked["endTime"]]
        return {"events": [{"timestamp": int(at * 1000), "message": text} for at, text in lines]}

    def to(self, number: int = -1) -> list[str]:
        """To whom a mail went."""
        return list(self.mails[number]["Destination"]["ToAddresses"])

    def said(self, number: int = -1) -> list[Event]:
        """What SES says of a mail to its simulator."""
        mail = self.mails[number]
        return list(feedback.of_mail(mail, mail["MessageId"], self.services.clock()))

    def bounce(
        self, *recipients: str, number: int = -1, kind: str = "Permanent", subtype: str = "General", **more: Any
    ) -> Event:
        """A bounce of a mail from these recipients, by default from all."""
        about = [{"emailAddress": one, **more} for one in recipients or self.to(number)]
        bounce = {"bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": about}
        return self.event("Bounce", number, bounce=bounce)

    def complaint(self, *recipients: str, number: int = -1, **more: Any) -> Event:
        about = [{"emailAddress": one} for one in recipients or self.to(number)]
        return self.event("Complaint", number, complaint={"complainedRecipients": about, **more})

    def event(self, kind: str, number: int = -1, **about: Any) -> Event:
        mail = self.mails[number]
        tags = {tag["Name"]: [tag["Value"]] for tag in mail["EmailTags"]}
        tags["ses:configuration-set"] = [mail["ConfigurationSetName"]]
        told = {"messageId": mail["MessageId"], "destination": self.to(number), "tags": tags}
        return {"eventType": kind, "mail": told, **about}

    def failure(self, said: str, number: int = -1) -> Event:
        """What SNS logs of a text message that failed."""
        text = self.texts[number]
        notification = {"messageId": text["MessageId"], "timestamp": "2026-11-21 12:00:00.123"}
        delivery = {"destination": text["PhoneNumber"], "providerResponse": said, "dwellTimeMs": 174}
        return {"notification": notification, "delivery": delivery, "status": "FAILURE"}
