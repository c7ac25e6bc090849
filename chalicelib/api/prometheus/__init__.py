"""The metrics of a project for Prometheus and whatever else scrapes: every check of every dialect, and what was told.
The names that begin with `hc_` are those of Healthchecks' endpoint."""

from chalicelib.api.prometheus import scraping

RESOURCES = scraping.RESOURCES
