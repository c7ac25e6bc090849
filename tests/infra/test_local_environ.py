"""infra.local.environ: the app's settings on this machine, and no way to the real AWS."""

from infra.local import environ


def prepared(**given: str) -> dict[str, str]:
    environ.prepare("http://127.0.0.1:8123", given)
    return given


def test_credentials_profiles_and_endpoints_of_the_user_are_gone() -> None:
    foreign = {
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL": "https://dynamodb.eu-west-1.amazonaws.com",
        "AWS_ENDPOINT_URL_SQS": "https://sqs.eu-west-1.amazonaws.com",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/",
        "MOTO_ALLOW_NONEXISTENT_REGION": "true",
        "TEST_SERVER_MODE": "true",
    }

    found = prepared(**foreign)

    assert found["AWS_ACCESS_KEY_ID"] == found["AWS_SECRET_ACCESS_KEY"] == "local"
    assert not {name for name in foreign if name in found} - {"AWS_ACCESS_KEY_ID"}


def test_no_configuration_file_is_read_and_no_metadata_service_asked() -> None:
    found = prepared()

    assert found["AWS_CONFIG_FILE"] == found["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert found["AWS_EC2_METADATA_DISABLED"] == found["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] == "true"


def test_the_app_learns_its_stage_and_its_address() -> None:
    found = prepared(TOCSIN_STAGE="prod", TOCSIN_SITE_ROOT="https://example.org", TOCSIN_PING_ENDPOINT="https://e.org")

    assert (found["TOCSIN_STAGE"], found["TOCSIN_SITE_ROOT"]) == ("local", "http://127.0.0.1:8123")
    assert "TOCSIN_PING_ENDPOINT" not in found


def test_no_transport_leads_past_the_emulation() -> None:
    assert "TOCSIN_LEAN_TRANSPORT" not in prepared(TOCSIN_LEAN_TRANSPORT="true")


def test_other_settings_of_the_user_hold() -> None:
    assert prepared(TOCSIN_CHECK_LIMIT="3")["TOCSIN_CHECK_LIMIT"] == "3"


def test_webhooks_may_reach_this_machine_beside_what_the_user_allows() -> None:
    assert prepared()["TOCSIN_ALLOWED_NETWORKS"].split() == ["127.0.0.0/8", "::1/128"]
    assert prepared(TOCSIN_ALLOWED_NETWORKS="10.0.0.0/8")["TOCSIN_ALLOWED_NETWORKS"].split()[0] == "10.0.0.0/8"


def test_an_endpoint_elsewhere_is_the_only_one() -> None:
    found: dict[str, str] = {"AWS_ENDPOINT_URL_SQS": "http://other"}

    environ.prepare("http://x", found, endpoint="http://127.0.0.1:5000")

    assert found["AWS_ENDPOINT_URL"] == "http://127.0.0.1:5000"
    assert found["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] == "false"
    assert "AWS_ENDPOINT_URL_SQS" not in found


def test_alerts_that_name_nobody_go_to_an_owner_unless_one_is_set() -> None:
    assert prepared()["TOCSIN_MAIL_TO"] == environ.OWNER
    assert prepared(TOCSIN_MAIL_TO="me@example.org")["TOCSIN_MAIL_TO"] == "me@example.org"
