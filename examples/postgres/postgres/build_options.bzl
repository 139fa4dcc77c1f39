"""What each build option is called by PostgreSQL's two build systems.

Which options a set holds is data: `metadata.option_sets` of repo.json.
"""

load("//index:versions.bzl", "matches")

_MESON = {
    "icu": ["-Dicu=enabled"],
    "lz4": ["-Dlz4=enabled"],
    "nls": ["-Dnls=enabled"],
    "openssl": ["-Dssl=openssl"],
    "readline": ["-Dreadline=enabled"],
    "uuid": ["-Duuid=e2fs"],
    "zlib": ["-Dzlib=enabled"],
    "zstd": ["-Dzstd=enabled"],
}

_AUTOCONF = {
    "icu": ["--with-icu"],
    "lz4": ["--with-lz4"],
    "nls": ["--enable-nls"],
    "openssl": ["--with-ssl=openssl"],
    "readline": ["--with-readline"],
    "uuid": ["--with-uuid=e2fs"],
    "zlib": ["--with-zlib"],
    "zstd": ["--with-zstd"],
}

# What configure switches on unasked; meson is told to leave out whatever is not named.
_AUTOCONF_DEFAULTS = {"icu": ">=16", "readline": "*", "zlib": "*"}

_WHERE = "postgres/repo.json: metadata"

def enabled_options(metadata, option_set, version):
    """The options of a set that a version of PostgreSQL knows."""
    if option_set not in metadata["option_sets"]:
        fail("%s: found option set %r, allowed: %s" % (_WHERE, option_set, ", ".join(metadata["option_sets"])))
    return [
        option
        for option in metadata["option_sets"][option_set]
        if matches(version, metadata["build_options"].get(option, {}).get("compatible", "*"), _WHERE)
    ]

def build_system(metadata, version):
    """`meson` or `autoconf`, as `metadata.build_systems` says for a version."""
    found = [system for system, spec in metadata["build_systems"].items() if matches(version, spec, _WHERE)]
    if len(found) != 1:
        fail("%s.build_systems: found %s for %s, allowed: exactly one" % (_WHERE, found, version))
    return found[0]

def build_arguments(metadata, option_set, version):
    """Arguments of `meson setup` or `configure` for one option set of one version."""
    system = build_system(metadata, version)
    flags = _MESON if system == "meson" else _AUTOCONF
    options = enabled_options(metadata, option_set, version)
    arguments = []
    for option in options:
        if option not in flags:
            fail("%s.option_sets.%s: found %r, allowed: %s" % (_WHERE, option_set, option, ", ".join(flags)))
        arguments += flags[option]
    if system == "meson":
        return arguments + ["-Dextra_version=-" + option_set]
    return arguments + [
        "--without-" + option
        for option, spec in _AUTOCONF_DEFAULTS.items()
        if option not in options and matches(version, spec, _WHERE)
    ] + ["--with-extra-version=-" + option_set]
