"""Prints, as JSON, what Portage's metadata phase makes of packages: one `REPOSITORY CATEGORY/PACKAGE-VERSION` a line on standard input.

    python metadata_phase.py CONFIGROOT < packages
"""

import json
import os
import sys

import portage
import portage.dbapi.porttree
import portage.package.ebuild.config

KEYS = ["DEPEND", "RDEPEND", "BDEPEND", "PDEPEND", "IDEPEND", "SLOT", "SRC_URI", "RESTRICT", "HOMEPAGE", "LICENSE"]
KEYS += ["DESCRIPTION", "KEYWORDS", "IUSE", "REQUIRED_USE", "PROPERTIES", "EAPI", "INHERITED", "DEFINED_PHASES"]


def main() -> None:
    portage._disable_legacy_globals()
    root = sys.argv[1]
    environment = dict(os.environ, PORTAGE_DEPCACHEDIR=f"{root}/depcache")
    settings = portage.package.ebuild.config.config(
        config_root=root, target_root=f"{root}/root", sysroot="/", eprefix="", env=environment
    )
    database = portage.dbapi.porttree.portdbapi(mysettings=settings)
    answers = {}
    for line in sys.stdin:
        repository, package = line.split()
        try:
            values = database.aux_get(package, KEYS, myrepo=repository)
            answers[f"{repository} {package}"] = dict(zip(KEYS, values, strict=True))
        except KeyError as error:
            answers[f"{repository} {package}"] = {"error": str(error)}
    print()
    print(json.dumps(answers))


main()
