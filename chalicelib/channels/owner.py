"""A word to the owner of the installation about the installation itself, by mail."""

from __future__ import annotations

from datetime import datetime

from chalicelib.channels import aws, mail
from chalicelib.channels.base import Outlet
from chalicelib.core.news import Site


def tell(site: Site, address: str, subject: str, text: str, outlet: Outlet, now: datetime) -> None:
    """Sends a mail. Raises Undelivered."""
    content = {"Subject": {"Data": subject}, "Body": {"Text": {"Data": text}}}
    aws.ask(
        mail.service,
        now,
        outlet.ses.send_email,
        FromEmailAddress=mail.sender_of(site)[1],
        Destination={"ToAddresses": [address]},
        Content={"Simple": content},
        **({"ConfigurationSetName": outlet.mail_set} if outlet.mail_set else {}),
    )
