"""Every habit of Lambda, API Gateway and Chalice, met once: requests come in as plain values, replies go out so.

A dialect is a package with RESOURCES, each made by `resource`; its Voice says how it speaks of what went wrong. A
method that a resource does not have, a preflight, an unknown path and a fault are answered in that voice and never in
Chalice's.
"""

from chalicelib.gateway.application import Application, serve
from chalicelib.gateway.keys import Caller, Denied, admitted, opened, presented
from chalicelib.gateway.replies import Reply
from chalicelib.gateway.requests import FORM, Request
from chalicelib.gateway.routes import METHODS, Handler, Operation, Resource, public, reads, resource, writes
from chalicelib.gateway.voice import STATUSES, Statuses, TooLarge, Voice, allowed

__all__ = [
    "FORM",
    "METHODS",
    "STATUSES",
    "Application",
    "Caller",
    "Denied",
    "Handler",
    "Operation",
    "Reply",
    "Request",
    "Resource",
    "Statuses",
    "TooLarge",
    "Voice",
    "admitted",
    "allowed",
    "opened",
    "presented",
    "public",
    "reads",
    "resource",
    "serve",
    "writes",
]
