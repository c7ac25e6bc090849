"""Pages for people, and badges for the pages of others."""

from chalicelib.web import badges, documents, page

RESOURCES = [*badges.RESOURCES, *page.RESOURCES, *documents.RESOURCES]
