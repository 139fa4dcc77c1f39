"""PostgreSQL from source: one action per version and option set."""

load("@indexes//:indexes.bzl", "POSTGRES")
load("@worker_images//:properties.bzl", "CLASS_PROPERTIES")
load("//postgres:build_options.bzl", "build_arguments", "build_system")
load("//steps:step.bzl", "STEP_ATTRS", "run_step")

PostgresInfo = provider(
    doc = "A PostgreSQL tree.",
    fields = {
        "modules": "File: a line `MODULE<tab>PATH` for every file that contrib installs.",
        "tar": "File: the tree, relative to its prefix.",
    },
)

VERSIONS = POSTGRES["versions"].keys()

# What extensions and contrib are built against. Monogres takes `full` here; `barebones` is the quickest to build.
DEFAULT_OPTION_SET = POSTGRES["metadata"]["default_option_set"]

def postgres_label(version, option_set = DEFAULT_OPTION_SET):
    return "//postgres:postgres~%s~%s" % (version, option_set)

def _postgres_build_impl(ctx):
    tar = ctx.actions.declare_file(ctx.label.name + ".tar")
    modules = ctx.actions.declare_file(ctx.label.name + ".modules")
    run_step(
        ctx,
        script = ctx.file.script,
        arguments = [
            ctx.file.archive,
            ctx.attr.strip_prefix,
            "/postgres/" + ctx.attr.version,
            tar,
            modules,
        ] + ctx.attr.arguments,
        inputs = [ctx.file.archive],
        outputs = [tar, modules],
        mnemonic = "PostgresBuild",
        progress_message = "Building " + ctx.label.name,
    )
    return [DefaultInfo(files = depset([tar])), PostgresInfo(tar = tar, modules = modules)]

_postgres_build = rule(
    implementation = _postgres_build_impl,
    attrs = dict(STEP_ATTRS, **{
        "archive": attr.label(allow_single_file = True, mandatory = True),
        "arguments": attr.string_list(),
        "script": attr.label(allow_single_file = True, mandatory = True),
        "strip_prefix": attr.string(),
        "version": attr.string(mandatory = True),
    }),
)

def postgres_targets():
    """Declares `postgres~VERSION~SET` for all of the index, and the aliases of the default option set."""
    metadata = POSTGRES["metadata"]
    for version, source in POSTGRES["versions"].items():
        for option_set in metadata["option_sets"]:
            _postgres_build(
                name = "postgres~%s~%s" % (version, option_set),
                archive = source["archive"],
                arguments = build_arguments(metadata, option_set, version),
                # Uses all cores that there are; whatever does not say so has one (the platform's own class).
                exec_properties = CLASS_PROPERTIES["wide"],
                script = "//steps:%s.sh" % build_system(metadata, version),
                strip_prefix = source["strip_prefix"],
                version = version,
                visibility = ["//visibility:public"],
            )
        native.alias(
            name = "postgres~" + version,
            actual = postgres_label(version),
            visibility = ["//visibility:public"],
        )
    native.alias(
        name = "postgres",
        actual = postgres_label(VERSIONS[0]),
        visibility = ["//visibility:public"],
    )
