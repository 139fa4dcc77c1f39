"""One source archive of an index, as one file, fetched only when a target that needs it is built.

The archive stays packed: an action then has one input where an unpacked PostgreSQL has seven thousand.
"""

_DIRECTORY = "MONOFARM_SOURCES"

def _archive_impl(ctx):
    directory = ctx.os.environ.get(_DIRECTORY, "")
    if not directory.startswith("/"):
        fail("--repo_env=%s: found %r, allowed: the absolute path of a directory that holds archives named by their sha256" % (_DIRECTORY, directory))
    for sha256, url in zip(ctx.attr.sha256s, ctx.attr.urls):
        file = ctx.path(directory).get_child(sha256)
        if file.exists:
            ctx.download(url = "file://%s" % file, output = ctx.attr.file, sha256 = sha256, executable = False)
            ctx.file("BUILD.bazel", "exports_files([%r])\n" % ctx.attr.file)
            return
        print("%s is not in %s as %s" % (url, directory, sha256))  # buildifier: disable=print
    fail("%s: %s=%s: found no file %s (%s), allowed: the archive under that name" % (
        ctx.attr.index,
        _DIRECTORY,
        directory,
        " or ".join(ctx.attr.sha256s),
        " or ".join(ctx.attr.urls),
    ))

archive = repository_rule(
    implementation = _archive_impl,
    doc = "Takes the first of a version's sources that the directory of sources holds, and checks its sha256.",
    attrs = {
        "file": attr.string(doc = "Name of the file in the repository.", mandatory = True),
        "index": attr.string(doc = "Index and version, for messages.", mandatory = True),
        "sha256s": attr.string_list(doc = "sha256 of each source, in order of preference.", mandatory = True),
        "urls": attr.string_list(doc = "Where each source comes from: only ever named, never opened.", mandatory = True),
    },
    environ = [_DIRECTORY],
)
