"""What somebody is told who calls the service for the first time, in each dialect."""

import json
from typing import Any

from tests.api.client import Api

FORM = 'is a form: send a JSON object in its place, such as {"name": "value"}'
CURL = "application/x-www-form-urlencoded"


def said(api: Api, method: str, path: str, body: str, content_type: str = CURL) -> tuple[int, Any]:
    """The status, and the message wherever the dialect has it."""
    headers = {"Content-Type": content_type, "Authorization": f"Bearer {api.key}"}
    answer = api.call(method, path, data=body.encode(), headers=headers)
    document = answer.json.get("Error", answer.json) if answer.json else answer.json
    if isinstance(document, str):
        return answer.status, document
    return answer.status, document.get("error") or document.get("message") or document.get("Message") or document


def test_a_form_is_told_as_such_and_json_that_is_called_one_is_taken(api: Api) -> None:
    cases = {
        "/api/v1/checks/": f"could not parse request body: it {FORM}",
        "/v1.1/devices": f"body {FORM}",
        "/v2/alerts/": f"body {FORM}",
        "/api/alert-notifications": f"bad request data: the body {FORM}",
        "/api/v1/check-definitions": f"Could not read request: the body {FORM}",
    }
    for path, words in cases.items():
        for body, kind in (("name=x&timeout=60", CURL), ("--7\r\n", "multipart/form-data; boundary=7")):
            status, message = said(api, "POST", path, body, kind)
            assert (status, words in json.dumps(message).replace('\\"', '"')) == (400, True), (path, message)
        assert FORM not in json.dumps(said(api, "POST", path, '{"name": "a=b"}')[1]), path


def test_a_device_without_an_address_lacks_its_url(api: Api) -> None:
    cases = {
        '{"FullName": "x"}': "URL is missing: what is to be looked at?",
        '{"FullName": "x", "HostData": {"Host": "example.org"}}': "Method is missing",
        '{"FulName": "x"}': "FulName is unknown (is FullName meant?); there are ShortName, FullName, Method, URL,",
        '{"URL": "http://a.example/", "HostData": {"Prot": 1}}': "HostData.Prot is unknown (is Port meant?); there are",
        '{"Method": "PING", "URL": "example.org", "HostData": {"CertDays": 1}}': (
            "HostData.CertDays is unknown; there are Host, Port"
        ),
    }
    for body, words in cases.items():
        status, message = said(api, "POST", "/v1.1/devices", body)
        assert (status, words in str(message)) == (400, True), (body, message)


def test_an_unknown_version_of_a_path_names_those_that_there_are(api: Api) -> None:
    cases = {
        "/api/v9/checks/": "not found: the versions of this path are v1, v2, v3",
        "/api/v4/channels/": "not found: the versions of this path are v1, v2, v3",
        "/v1/devices": "not found: the versions of this path are v1.1",
        "/v1/alerts/": "not found: the versions of this path are v2",
        "/api/v9/nothing": "Not found",
        "/v9": "not found",
    }
    for path, words in cases.items():
        status, message = said(api, "GET", path, "")
        assert (status, message) == (404, words), path
