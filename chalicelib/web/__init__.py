"""Pages for people, and badges for the pages of others."""

from chalicelib.web import badges, documents, page, recipients

RESOURCES = [*badges.RESOURCES, *page.RESOURCES, *recipients.RESOURCES, *documents.RESOURCES]
