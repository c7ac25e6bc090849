"""checkov's rules for CloudFormation, held against the template of a stage and of a place.

    infra/lanes/checkov

Every rule that the templates break has its reason below. The lane fails where they break another, and where a reason is
for nothing any more.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.lanes.environments import checkov_python, package_python
from infra.lanes.process import ROOT, SKIPPED, CannotRun

REASONS = {
    "CKV_AWS_26": "topics hold events of mails and alarms for seconds; neither SES nor CloudWatch can publish to one "
    "that is encrypted with AWS's own key, and a key of one's own costs a dollar a month",
    "CKV_AWS_27": "queues are encrypted by SQS itself (SqsManagedSseEnabled), which this rule does not know",
    "CKV_AWS_28": "all tables can be restored once the parameter Protection is on, which `make deploy` sets; this rule "
    "does not read conditions",
    "CKV_AWS_73": "traces of the gateway would hold paths, and so codes and keys",
    "CKV_AWS_76": "the access log is there, under a condition that this rule does not read",
    "CKV_AWS_115": "reserved concurrency fails in a new account; what queues may start is limited at the queues",
    "CKV_AWS_116": "clocks have a queue for what failed as a destination, queues have one each, requests have none",
    "CKV_AWS_117": "functions reach DynamoDB, SQS and the internet, and nothing in a network of their own",
    "CKV_AWS_119": "tables are encrypted with AWS's key; one's own costs a call for each connection",
    "CKV_AWS_120": "an answer that was true a minute ago is wrong in a monitor",
    "CKV_AWS_158": "log groups are encrypted by CloudWatch itself",
    "CKV_AWS_173": "the variables of the functions hold no secret",
}


def main() -> int:
    """0 where every finding has its reason, 1 where one has none, 77 where checkov cannot run here."""
    try:
        looking, packaging = checkov_python(), package_python()
    except CannotRun as reason:
        print(f"checkov: skipped: {reason}", file=sys.stderr)
        return SKIPPED
    with tempfile.TemporaryDirectory() as scratch:
        found = findings(looking, templates(packaging, Path(scratch)))
    for rule, about in sorted(found.items()):
        print(f"{rule}: {about['name']}: {len(about['resources'])} resources: {REASONS.get(rule, 'NO REASON')}")
    unknown, idle = found.keys() - REASONS.keys(), REASONS.keys() - found.keys()
    for rule in sorted(unknown):
        print(f"{rule} is broken without a reason: {', '.join(found[rule]['resources'])}", file=sys.stderr)
    for rule in sorted(idle):
        print(f"{rule} is broken nowhere: its reason can go", file=sys.stderr)
    return 1 if unknown or idle else 0


def templates(python: Path, into: Path) -> Path:
    """The directory with the templates of a stage and of its place."""
    words = (
        "import json, pathlib, sys; from infra import place; from infra.template import merged, settings_of; "
        "into, stage = pathlib.Path(sys.argv[1]), merged('prod'); "
        "(into / 'sam.json').write_text(json.dumps(stage)); "
        "(into / 'place.json').write_text(json.dumps(place.cut(stage, settings_of('prod'))))"
    )
    subprocess.run([python, "-c", words, into], cwd=ROOT, check=True)
    return into


def findings(python: Path, where: Path) -> dict[str, dict[str, Any]]:
    """Each rule that is broken: its `name`, and the `resources` that break it."""
    options = ("--framework", "cloudformation", "--quiet", "--compact", "--output", "json", "--skip-download")
    command = [str(python), "-m", "checkov.main", "--directory", str(where), *options]
    report = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    if report["summary"]["parsing_errors"] or not report["summary"]["passed"]:
        raise SystemExit(f"checkov read nothing: {report['summary']}")
    found: dict[str, dict[str, Any]] = {}
    for one in report["results"]["failed_checks"]:
        about = found.setdefault(one["check_id"], {"name": one["check_name"], "resources": []})
        about["resources"].append(one["resource"].rpartition(".")[2])
    return found
