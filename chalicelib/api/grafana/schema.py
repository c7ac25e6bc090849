"""What the document of the API says of this dialect: its objects, the parts of its paths and its query parameters.

Only what writes the document imports this; the tests hold every answer against it.
"""

from __future__ import annotations

from chalicelib.api.grafana import notifications
from chalicelib.core.states import STATES
from chalicelib.gateway.schemas import (
    Schema,
    either,
    fields,
    key_in_any_place,
    listed,
    moment,
    named,
    number,
    or_null,
    record,
    table,
    text,
    truth,
    whole,
    word,
)

TITLE = "Grafana alerting API"

SECURITY = key_in_any_place("The key is the password, or the user.")

PARTS: dict[str, Schema] = {
    "alert": text("The id of the alert, a number."),
    "notification": text("The id of the notification channel, a number."),
    "uid": text("The uid of the notification channel."),
    "dashboard": text("The uid of the dashboard."),
    "slug": text("The slug of the dashboard, which is made of its title."),
}

QUERY: dict[str, Schema] = {
    "dashboardId": text("Only alerts of these dashboards; 0 for alerts of none. May be repeated."),
    "panelId": text("Only alerts of panels of these ids. May be repeated."),
    "query": text("A part of the name, in capitals or not. May be repeated."),
    "state": text("all, a state, or a state with not_ before it. May be repeated."),
    "limit": text("At most so many; of dashboards 1,000, at most 5,000."),
    "folderId": text("Only alerts of these folders; there is one, of the id 0. May be repeated."),
    "dashboardQuery": text("A part of the title of a dashboard. May be repeated."),
    "dashboardTag": text(
        "Only alerts whose dashboard has this tag, or who have it themselves and are on none. May be repeated: then "
        "all of them."
    ),
    "tag": text("Only dashboards with this tag. May be repeated: then all of them."),
    "type": text("dash-db; there are no folders of the type dash-folder."),
    "dashboardIds": text("Only dashboards of these ids. May be repeated."),
    "dashboardUIDs": text("Only dashboards of these uids. May be repeated."),
    "folderIds": text("Only dashboards of these folders; there is one, of the id 0. May be repeated."),
    "starred": text("true: none, for nobody can star one."),
    "page": text("The part of the list, counted from 1, of which each has as many as limit says."),
    "sort": text("alpha-desc: from Z to A."),
    "case": text("go: the fields have the names of Grafana's own structures."),
}

_STATE = word(*STATES)
_MATCH = record({"metric": text(), "tags": table(text()), "value": or_null(number())})
_ALERT = {
    "id": whole("0 for one that was made before alerts had ids, within the first hour after an upgrade."),
    "dashboardId": whole("0 for an alert that is on none."),
    "dashboardUid": text(),
    "dashboardSlug": text(),
    "panelId": whole("0 for an alert that is on no dashboard."),
    "name": text(),
    "state": _STATE,
    "newStateDate": moment("When the state began."),
    "evalDate": text("When it was judged last, or pinged; that of the year 1 where neither is known."),
    "evalData": fields({"evalMatches": listed(_MATCH)}, about="What makes it fire; empty while it does not."),
    "executionError": text("Why what it watches cannot be looked at or judged; empty if it can."),
    "url": text("Its page; empty for keys that may only read, and while the page is switched off."),
    "message": text("The description."),
    "dashboardUri": text("Where Grafana would show the dashboard; empty for an alert that is on none."),
}
_META = {
    "type": text(),
    **dict.fromkeys(("canSave", "canEdit", "canAdmin", "canStar", "hasAcl", "isFolder", "provisioned"), truth()),
    **dict.fromkeys(("slug", "url", "expires", "created", "updated", "updatedBy", "createdBy"), text()),
    **dict.fromkeys(("folderTitle", "folderUrl", "provisionedExternalId"), text()),
    "version": whole(),
    "folderId": whole(),
    "isHome": truth(),
}
_MAY = {"paused": truth()}
_SHORT = {"id": whole(), "uid": text(), "name": text(), "type": text(), "isDefault": truth()}
_OPTION = {
    "element": text(),
    "inputType": text(),
    "label": text(),
    "description": text(),
    "placeholder": text(),
    "propertyName": text("The name of the setting."),
    "selectOptions": {"type": "null"},
    "showWhen": record({"field": text(), "is": text()}),
    "required": truth(),
    "validationRule": text(),
    "secure": truth("It never comes back."),
}
_ADDRESS = {name: text() for name in ("address1", "address2", "city", "zipCode", "state", "country")}

SCHEMAS: dict[str, Schema] = {
    "Error": record(
        {
            "message": text("What is wrong."),
            "errors": listed(
                record({"fieldNames": listed(text()), "classification": text(), "message": text()}),
                "With 422: what is wrong with each field.",
            ),
            "error": text("With 502: what the receiver answered."),
            "status": word("not-found", "name-exists", "version-mismatch"),
        },
        optional=("errors", "error", "status"),
    ),
    "Alert": either(
        record(_ALERT), record({name[:1].upper() + name[1:]: one for name, one in _ALERT.items()}, about="case=go.")
    ),
    "Alerts": listed(record(_ALERT)),
    "States": listed(
        record({name: _ALERT[name] for name in ("id", "dashboardId", "panelId", "state", "newStateDate")})
    ),
    "PauseFields": fields({"alertId": {}, **_MAY}, required=("paused",)),
    "Paused": record({"alertId": whole(), "state": word("Paused", "unknown", "un-paused"), "message": text()}),
    "PauseAllFields": fields(_MAY, required=("paused",)),
    "AllPaused": record(
        {"state": word("Paused", "unknown"), "message": text(), "alertsAffected": whole("How many were not so before.")}
    ),
    "Notification": record(
        {
            **_SHORT,
            "sendReminder": truth(),
            "disableResolveMessage": truth("Recoveries are not told."),
            "frequency": text("The time between reminders, such as 1h30m; empty for none."),
            "created": moment(),
            "updated": moment("When it was changed here last."),
            "settings": table({}, "Those of its type, without what is secure."),
            "secureFields": table(truth(), "Which of the secure settings it has."),
        }
    ),
    "Notifications": listed(named("Notification")),
    "NotificationFields": fields({name: {} for name in notifications.FIELDS}, required=("type",)),
    "Lookup": listed(record(_SHORT)),
    "DashboardFields": fields(
        {
            "dashboard": table({}, "The JSON of the dashboard."),
            "overwrite": or_null(truth("It may take the place of another version, or of one of the same name.")),
            **{name: {} for name in ("folderId", "folderUid", "isFolder", "message")},
        },
        required=("dashboard",),
    ),
    "DashboardSaved": record(
        {
            "id": whole(),
            "uid": text(),
            "url": text(),
            "status": word("success"),
            "version": whole(),
            "slug": text(),
        }
    ),
    "Dashboard": record(
        {"meta": record(_META, optional=("isHome",)), "dashboard": table({}, "As it was sent, with id, uid, version.")}
    ),
    "DashboardDeleted": record({"title": text(), "message": text(), "id": whole()}),
    "DashboardTags": listed(record({"term": text(), "count": whole()})),
    "Hits": listed(
        record(
            {
                "id": whole(),
                **dict.fromkeys(("uid", "title", "uri", "url", "slug"), text()),
                "type": word("dash-db"),
                "tags": listed(text()),
                "isStarred": truth(),
                "sortMeta": whole(),
            }
        )
    ),
    "TryFields": fields({"dashboard": table({}), "panelId": whole()}, required=("dashboard", "panelId")),
    "Tried": record(
        {
            "firing": truth(),
            "state": word("ok", "pending", "alerting", "no_data", "unknown"),
            "conditionEvals": text("The truth of each condition, and what comes of them."),
            "timeMs": text(),
            "error": text("Why its queries fail."),
            "matches": listed(_MATCH, "The series that meet a condition."),
            "logs": listed(record({"message": text(), "data": {"type": "null"}}), "What each series comes to."),
        },
        optional=("error",),
    ),
    "Deleted": record(
        {
            "message": text(),
            "id": whole(),
            "alertsAffected": whole("How many alerts were told through it."),
            "alertsUnheard": listed(record({"id": whole(), "name": text()})),
        },
        optional=("id", "alertsAffected", "alertsUnheard"),
    ),
    "Message": record({"message": text()}),
    "Notifiers": listed(
        record(
            {
                "type": text(),
                "name": text(),
                "heading": text(),
                "description": text(),
                "info": text(),
                "options": listed(record(_OPTION)),
            }
        )
    ),
    "Health": record({"commit": text(), "database": word("ok", "failing"), "version": text()}),
    "FrontendSettings": record(
        {
            "buildInfo": record(
                {"version": text(), "commit": text(), "buildstamp": whole(), "edition": text(), "env": text()}
            ),
            "alertingEnabled": truth(),
            "unifiedAlertingEnabled": truth(),
            "datasources": table({}),
        }
    ),
    "Organisation": record({"id": whole(), "name": text(), "address": record(_ADDRESS)}),
    "User": record(
        {
            "id": whole(),
            "email": text(),
            "name": text(),
            "login": text(),
            "theme": text(),
            "orgId": whole(),
            "isGrafanaAdmin": truth(),
            "isDisabled": truth(),
            "isExternal": truth(),
            "authLabels": listed(text()),
        }
    ),
    "Organisations": listed(record({"orgId": whole(), "name": text(), "role": word("Admin", "Viewer")})),
    "Nothing": listed({}),
}
