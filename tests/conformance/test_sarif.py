"""SARIF: what is written is what the schema of SARIF 2.1.0 knows, as far as `check` uses it."""

import json
import os
from pathlib import Path

import jsonschema
import pytest

import command

SPEC = """\
spec = 1
[make.conf]
ACCEPT_KEYWORD = "~x86"
CFLAGS = "-O2 -Wl,-z,now"
["package.accept_keywords/x"]
"=sys-kernel/ugrd-9999" = "~x86"
"a/one" = "**"
[check]
L019 = { level = "allow", why = "ours" }
"""

SCHEMAS = [Path(__file__).with_name("sarif.json")]
if "PORTAGE_CONFIG_SARIF_SCHEMA" in os.environ:
    SCHEMAS.append(Path(os.environ["PORTAGE_CONFIG_SARIF_SCHEMA"]))


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.name)
@pytest.mark.parametrize("text", [SPEC, "spec = 1\n", "spec = 1\n[make.conf\n"], ids=["findings", "none", "broken"])
def test_it_validates(tmp_path, text, schema):
    spec = tmp_path / "a b.toml"
    spec.write_text(text)
    log = json.loads(command.run("check", str(spec), "--format", "sarif").stdout)
    jsonschema.Draft7Validator(json.loads(schema.read_text())).validate(log)


def test_the_schema_refuses(tmp_path):
    spec = tmp_path / "x.toml"
    spec.write_text(SPEC)
    log = json.loads(command.run("check", str(spec), "--format", "sarif").stdout)
    validator = jsonschema.Draft7Validator(json.loads(SCHEMAS[0].read_text()))
    result = log["runs"][0]["results"][0]
    for key, value in (("level", "hint"), ("ruleIndex", -2), ("message", "text"), ("nonsense", 1)):
        kept = dict(result)
        result[key] = value
        assert not validator.is_valid(log), key
        result.clear()
        result.update(kept)
    assert validator.is_valid(log)
