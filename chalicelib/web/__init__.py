"""Pages for people, and badges for the pages of others."""

from chalicelib.web import badges, page

BLUEPRINTS = (badges.blueprint, page.blueprint)
