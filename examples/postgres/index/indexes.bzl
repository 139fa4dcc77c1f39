"""Turns every index of the workspace into data that BUILD files can load, and into one repository per archive."""

load("//index:index.bzl", "read_index")

def _repository(prefix, version):
    return "%s_%s" % (prefix, version)

def _archives(prefix, index, where):
    return [
        "    archive(name = %r, index = %r, file = %r, sha256s = %r, urls = %r)" % (
            _repository(prefix, version),
            "%s: versions.%s" % (where, version),
            "archive." + sources[0]["type"],
            [source["sha256"] for source in sources],
            [source["url"] for source in sources],
        )
        for version, sources in index["versions"].items()
    ]

def _data(prefix, index):
    return {
        "versions": {
            version: {
                "archive": "@%s//:archive.%s" % (_repository(prefix, version), sources[0]["type"]),
                "strip_prefix": sources[0].get("strip_prefix", ""),
            }
            for version, sources in index["versions"].items()
        },
        "metadata": index["metadata"],
    }

def _indexes_impl(ctx):
    postgres = read_index(ctx.read(Label("@//postgres:repo.json")), "postgres/repo.json")
    calls = _archives("pg_src", postgres, "postgres/repo.json")
    extensions = {}
    folders = ctx.path(Label("@//:WORKSPACE.bazel")).dirname.get_child("extensions").readdir()
    for name in sorted([folder.basename for folder in folders if folder.get_child("repo.json").exists]):
        where = "extensions/%s/repo.json" % name
        index = read_index(ctx.read(Label("@//extensions/%s:repo.json" % name)), where)
        calls += _archives("pgext_" + name, index, where)
        extensions[name] = _data("pgext_" + name, index)

    ctx.file("BUILD.bazel", "")
    ctx.file("indexes.bzl", "POSTGRES = %r\n\nEXTENSIONS = %r\n\nCONTRIB = %r\n" % (
        _data("pg_src", postgres),
        extensions,
        json.decode(ctx.read(Label("@//extensions/contrib:contrib.json")))["modules"],
    ))
    ctx.file("archives.bzl", "\n".join(
        ['load("@//index:archive.bzl", "archive")', "", "def archives():"] + calls,
    ) + "\n")

indexes = repository_rule(
    implementation = _indexes_impl,
    doc = "Reads postgres/repo.json, every extensions/*/repo.json and contrib.json.",
    # Read again at every start of the Bazel server, so that a new extension folder is seen.
    local = True,
)
