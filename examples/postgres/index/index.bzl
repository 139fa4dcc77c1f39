"""Reads Monogres' index format, version 1, of which every source must carry a sha256."""

load("//index:versions.bzl", "newest_first")

_KEYS = ["version", "sources", "versions", "metadata"]

def _substitute(template, properties, where):
    for piece in template.replace("{{", "").split("{")[1:]:
        name = piece.split("}")[0]
        if name not in properties:
            fail("%s: found {%s} in %r, allowed: %s" % (where, name, template, ", ".join(sorted(properties))))
    return template.format(**properties)

def _of_source(value, source, sources, where):
    """A scalar property holds for every source; a map must name exactly the sources."""
    if type(value) != "dict":
        return value
    if sorted(value) != sorted(sources):
        fail("%s: found sources %s, allowed: exactly %s" % (where, sorted(value), sorted(sources)))
    return value[source]

def _resolve_source(source, sources, version, properties, where):
    resolved = {"source": source, "version": version}
    for name, value in properties.items():
        resolved[name] = _of_source(value, source, sources, "%s.%s" % (where, name))

    sha256 = str(resolved.get("sha256", ""))
    if len(sha256) != 64 or sha256.lower().strip("0123456789abcdef"):
        fail("%s.sha256: found %r, allowed: 64 hexadecimal digits" % (where, sha256))
    resolved["sha256"] = sha256.lower()

    # A source's own properties win, are formatted in the order written, and each sees those before it.
    templates = sources[source]
    resolved.update(templates)
    for name, template in templates.items():
        if type(template) == "string":
            resolved[name] = _substitute(template, resolved, "%s: sources.%s.%s" % (where, source, name))
    return resolved

def read_index(text, where):
    """Decodes an index.

    Args:
      text: the JSON.
      where: the file's name in the workspace, for messages.

    Returns:
      A dict of `versions` (newest first; version -> list of sources, each a dict of its resolved properties with
      at least source, version, url, type and sha256) and `metadata` (free).
    """
    index = json.decode(text)
    if type(index) != "dict" or index.get("version") != 1:
        fail("%s: version: found %r, allowed: 1" % (where, index.get("version") if type(index) == "dict" else index))
    unknown = [key for key in index if key not in _KEYS]
    if unknown:
        fail("%s: found keys %s, allowed: %s" % (where, unknown, _KEYS))
    sources = index.get("sources", {})
    if not sources:
        fail("%s: sources: found none, allowed: at least one with a url" % where)
    for name, templates in sources.items():
        for key in ["url", "type"]:
            if key not in templates:
                fail("%s: sources.%s: found no %s, allowed: url and type (such as zip or tar.bz2)" % (where, name, key))
    versions = index.get("versions", {})
    if not versions or type(versions) != "dict":
        fail("%s: versions: found %r, allowed: a map of version to properties, each with a sha256" % (where, versions))
    return {
        "versions": {
            version: [
                _resolve_source(source, sources, version, versions[version], "%s: versions.%s" % (where, version))
                for source in sources
            ]
            for version in newest_first(versions, "%s: versions" % where)
        },
        "metadata": index.get("metadata", {}),
    }
