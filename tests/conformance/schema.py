"""The JSON Schema of specs, and a validator that knows nothing of this project."""

import datetime
import functools
import json
import tomllib

import jsonschema

import command


@functools.cache
def schema() -> dict:
    done = command.run("schema")
    assert done.status == 0, done.stderr
    return json.loads(done.stdout)


@functools.cache
def validator() -> jsonschema.Draft7Validator:
    jsonschema.Draft7Validator.check_schema(schema())
    return jsonschema.Draft7Validator(schema())


def mistakes(text: str) -> list[str]:
    """What the schema says against a spec, each with its place."""
    found = validator().iter_errors(_plain(tomllib.loads(text)))
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in found]


def _plain(value):
    """As an editor hands TOML to a schema."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, datetime.date | datetime.time) else value
