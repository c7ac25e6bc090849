"""The template of a stage: what Chalice generates from app.py, chalicelib/functions.py and .chalice/config.json,
merged with what we add to it.

    python -m infra.template [--stage dev]     prints it

The functions' code is `./deployment.zip` beside it, which `infra.package` makes; nothing is built here, so this is
quick. Chalice's merge joins objects and replaces everything else (Chalice, "AWS CloudFormation Support").
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from chalice import Chalice
from chalice.cli.factory import CLIFactory
from chalice.config import Config
from chalice.deploy import models
from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.deployer import BaseDeployStep, BuildStage, InjectDefaults, SwaggerBuilder
from chalice.deploy.swagger import CFNSwaggerGenerator
from chalice.deploy.validate import validate_configuration
from chalice.package import PackageOptions, ResourceBuilder, SAMTemplateGenerator, TemplateDeepMerger

from chalicelib import functions
from chalicelib.functions import Function
from chalicelib.settings import Settings, load
from infra import alarms, entrance, feedback, parameters, policies, resources

ROOT = Path(__file__).resolve().parents[1]
CODE = "./deployment.zip"
# A stage is part of every name, of which API Gateway's and EventBridge's are the strictest.
STAGE = re.compile(r"[a-z][a-z0-9-]{0,19}")


class BadStage(Exception):
    """The stage cannot be deployed; the message says why."""


def settings_of(stage: str) -> Settings:
    """The names of a stage's installation; TOCSIN_PREFIX has the prefix if it is another. Raises BadStage."""
    if not STAGE.fullmatch(stage):
        raise BadStage(f"a stage is called in lower-case letters, digits and dashes, at most 20, not {stage!r}")
    if stage == "local":
        raise BadStage("the stage local is this machine's own: `make run`")
    return load({"TOCSIN_STAGE": stage, "TOCSIN_PREFIX": os.environ.get("TOCSIN_PREFIX", "")})


def stack_of(settings: Settings) -> str:
    """The name of the stage's stack."""
    return f"{settings.prefix}-{settings.stage}"


def merged(stage: str) -> dict[str, Any]:
    """The whole template of a stage. Imports app.py for it, under that stage's name. Raises BadStage."""
    settings = settings_of(stage)
    config = config_of(settings)
    validate_configuration(config)
    template: dict[str, Any] = TemplateDeepMerger().merge(own(settings), generated(config))
    return template


def config_of(settings: Settings) -> Config:
    """Chalice's configuration of the stage; one that .chalice/config.json does not name has what all have."""
    names = {"environment_variables": parameters.fixed(settings)}
    return _Factory(str(ROOT), environ=os.environ).create_config_obj(
        settings.stage, api_gateway_stage=settings.stage, user_provided_params=names
    )


class _Factory(CLIFactory):
    """Adds the table of functions to what is read from .chalice/config.json, where the owner may want it otherwise."""

    def load_project_config(self) -> dict[str, Any]:
        found: dict[str, Any] = super().load_project_config()
        own = found.get("lambda_functions", {})
        known = {function.name: _size(function) | own.get(function.name, {}) for function in functions.FUNCTIONS}
        return {**found, "lambda_functions": known}


def _size(function: Function) -> dict[str, Any]:
    return {
        "lambda_memory_size": function.memory,
        "lambda_timeout": function.timeout,
        "iam_policy_file": function.name,
    }


def generated(config: Config) -> dict[str, Any]:
    """What Chalice makes of the application, its code left out."""
    steps = [InjectDefaults(), _CodeElsewhere(), _Policies(), SwaggerBuilder(_OnePath())]
    builder = ResourceBuilder(ApplicationGraphBuilder(), DependencyBuilder(), BuildStage(steps))
    built = builder.construct_resources(config, config.chalice_stage)
    template: dict[str, Any] = SAMTemplateGenerator(config, _Everywhere()).generate(built)
    return template


class _OnePath(CFNSwaggerGenerator):
    """The API with one path for everything: which paths and methods there are is for the application to say."""

    def _add_route_paths(self, api: dict[str, Any], app: Chalice) -> None:
        """Every method of the root and of whatever is below it calls the function."""
        (view, *_) = app.routes["/"].values()
        method = self._generate_route_method(view)
        proxy = {"name": "proxy", "in": "path", "required": True, "type": "string"}
        api["paths"] = {
            "/": {"x-amazon-apigateway-any-method": method},
            "/{proxy+}": {"x-amazon-apigateway-any-method": {**method, "parameters": [proxy]}},
        }


class _CodeElsewhere(BaseDeployStep):
    """Stands in for the step that builds the code."""

    def handle_deploymentpackage(self, _config: Config, resource: models.DeploymentPackage) -> None:
        resource.filename = CODE


class _Policies(BaseDeployStep):
    """Stands in for the step that reads the policies from files."""

    def handle_filebasediampolicy(self, _config: Config, resource: models.FileBasedIAMPolicy) -> None:
        resource.document = policies.document(functions.named(Path(resource.filename).name))


class _Everywhere(PackageOptions):
    """Does not ask for the region's endpoints: one template serves all regions."""

    def __init__(self) -> None:
        """Without the client that the original asks."""

    def service_principal(self, service: str) -> str:
        return f"{service}.amazonaws.com"


def own(settings: Settings) -> dict[str, Any]:
    """Everything that is not Chalice's, in the form in which its merge takes it."""
    return {
        "Description": f"Tocsin, stage {settings.stage}",
        "Parameters": parameters.parameters() | entrance.parameters(),
        "Conditions": _together(alarms, entrance, feedback, policies, resources),
        # OpenApiVersion keeps SAM from making a second stage, called Stage, that nobody asked for.
        "Globals": {
            "Api": {"OpenApiVersion": "2.0"},
            "Function": {"Environment": {"Variables": parameters.adjustable()}},
        },
        "Resources": {
            **resources.tables(settings),
            **resources.queues(settings),
            **entrance.resources(settings),
            **resources.additions(settings),
            **feedback.made(settings),
            **alarms.alarms(settings),
        },
        "Outputs": {"AlarmTopicArn": {"Value": {"Ref": alarms.TOPIC}}, **feedback.OUTPUTS},
    }


def _together(*modules: Any) -> dict[str, Any]:
    """The conditions of several modules."""
    return {name: condition for module in modules for name, condition in module.CONDITIONS.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.template", description="print the template of a stage")
    parser.add_argument("--stage", default="dev")
    try:
        print(json.dumps(merged(parser.parse_args().stage), indent=1))
    except BadStage as reason:
        sys.exit(f"infra.template: {reason}")


if __name__ == "__main__":
    main()
