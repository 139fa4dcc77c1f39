"""Extensions built by PGXS: one action per extension version and PostgreSQL version that fit each other."""

load("@indexes//:indexes.bzl", "EXTENSIONS")
load("//index:versions.bzl", "matches")
load("//postgres:postgres.bzl", "PostgresInfo", "VERSIONS", "postgres_label")
load("//steps:step.bzl", "STEP_ATTRS", "run_step")

def _pgxs_build_impl(ctx):
    tar = ctx.actions.declare_file(ctx.label.name + ".tar")
    postgres = ctx.attr.postgres[PostgresInfo]
    run_step(
        ctx,
        script = ctx.file._script,
        arguments = [ctx.file.archive, ctx.attr.strip_prefix, postgres.tar, tar] + ctx.attr.arguments,
        inputs = [ctx.file.archive, postgres.tar],
        outputs = [tar],
        mnemonic = "PgxsBuild",
        progress_message = "Building " + ctx.label.name,
    )
    return [DefaultInfo(files = depset([tar]))]

_pgxs_build = rule(
    implementation = _pgxs_build_impl,
    attrs = dict(STEP_ATTRS, **{
        "archive": attr.label(allow_single_file = True, mandatory = True),
        "arguments": attr.string_list(),
        "postgres": attr.label(providers = [PostgresInfo], mandatory = True),
        "strip_prefix": attr.string(),
        "_script": attr.label(default = "//steps:pgxs.sh", allow_single_file = True),
    }),
)

def pgxs_extension():
    """Declares every target of the extension whose folder calls it, from the index in that folder."""
    extension = native.package_name().split("/")[-1]
    metadata = EXTENSIONS[extension]["metadata"]
    newest = None
    for version, source in EXTENSIONS[extension]["versions"].items():
        where = "extensions/%s/repo.json: metadata.compatible_with.%s" % (extension, version)
        spec = metadata.get("compatible_with", {}).get(version, "*")
        compatible = [postgres for postgres in VERSIONS if matches(postgres, spec, where)]
        for postgres in compatible:
            _pgxs_build(
                name = "%s~%s~postgres~%s" % (extension, version, postgres),
                archive = source["archive"],
                arguments = metadata.get("build_args", []),
                postgres = postgres_label(postgres),
                strip_prefix = source["strip_prefix"],
                visibility = ["//visibility:public"],
            )
        if compatible:
            alias = "%s~%s" % (extension, version)
            native.alias(
                name = alias,
                actual = "%s~postgres~%s" % (alias, compatible[0]),
                visibility = ["//visibility:public"],
            )
            newest = newest or alias
    if newest:
        native.alias(
            name = extension,
            actual = newest,
            visibility = ["//visibility:public"],
        )
