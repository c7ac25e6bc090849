"""Pages for people, and badges for the pages of others."""

from chalicelib.web import badges, page

RESOURCES = [*badges.RESOURCES, *page.RESOURCES]
