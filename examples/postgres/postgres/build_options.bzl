"""What PostgreSQL's two build systems are told for an option set.

All of it is data: `metadata.option_sets`, `build_options` and `build_systems` of repo.json.
"""

load("//index:versions.bzl", "matches")

_WHERE = "postgres/repo.json: metadata"

def enabled_options(metadata, option_set, version):
    """The options of a set that a version of PostgreSQL knows."""
    if option_set not in metadata["option_sets"]:
        fail("%s: found option set %r, allowed: %s" % (_WHERE, option_set, ", ".join(metadata["option_sets"])))
    options = []
    for option in metadata["option_sets"][option_set]:
        if option not in metadata["build_options"]:
            allowed = ", ".join(metadata["build_options"])
            fail("%s.option_sets.%s: found %r, allowed: %s" % (_WHERE, option_set, option, allowed))
        if matches(version, metadata["build_options"][option].get("compatible", "*"), _WHERE):
            options.append(option)
    return options

def build_system(metadata, version):
    """`meson` or `autoconf`, as `metadata.build_systems` says for a version."""
    found = [system for system, spec in metadata["build_systems"].items() if matches(version, spec, _WHERE)]
    if len(found) != 1:
        fail("%s.build_systems: found %s for %s, allowed: exactly one" % (_WHERE, found, version))
    return found[0]

def build_arguments(metadata, option_set, version):
    """Arguments of `meson setup` or `configure` for one option set of one version."""
    system = build_system(metadata, version)
    options = enabled_options(metadata, option_set, version)
    arguments = []
    for option in options:
        arguments += metadata["build_options"][option][system]
    if system == "meson":
        return arguments + ["-Dextra_version=-" + option_set]

    # configure switches these on unasked; meson is told to leave out whatever is not named.
    return arguments + [
        "--without-" + option
        for option, properties in metadata["build_options"].items()
        if option not in options and
           "autoconf_default" in properties and
           matches(version, properties["autoconf_default"], _WHERE)
    ] + ["--with-extra-version=-" + option_set]
