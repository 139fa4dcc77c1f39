"""PostgreSQL's own modules: nothing is compiled, each is cut from a PostgreSQL build."""

load("@indexes//:indexes.bzl", "CONTRIB", "POSTGRES")
load("//index:versions.bzl", "matches")
load("//postgres:build_options.bzl", "enabled_options")
load("//postgres:postgres.bzl", "DEFAULT_OPTION_SET", "PostgresInfo", "VERSIONS", "postgres_label")
load("//steps:step.bzl", "STEP_ATTRS", "run_step")

def _contrib_tar_impl(ctx):
    tar = ctx.actions.declare_file(ctx.label.name + ".tar")
    postgres = ctx.attr.postgres[PostgresInfo]
    run_step(
        ctx,
        script = ctx.file._script,
        arguments = [postgres.tar, postgres.modules, ctx.attr.module, tar],
        inputs = [postgres.tar, postgres.modules],
        outputs = [tar],
        mnemonic = "ContribTar",
        progress_message = "Packing " + ctx.label.name,
    )
    return [DefaultInfo(files = depset([tar]))]

_contrib_tar = rule(
    implementation = _contrib_tar_impl,
    attrs = dict(STEP_ATTRS, **{
        "module": attr.string(mandatory = True),
        "postgres": attr.label(providers = [PostgresInfo], mandatory = True),
        "_script": attr.label(default = "//steps:contrib.sh", allow_single_file = True),
    }),
)

def _contrib_modules_impl(ctx):
    list = ctx.actions.declare_file(ctx.label.name + ".txt")
    modules = ctx.attr.postgres[PostgresInfo].modules
    run_step(
        ctx,
        script = ctx.file._script,
        arguments = [modules, list] + ctx.attr.modules,
        inputs = [modules],
        outputs = [list],
        mnemonic = "ContribModules",
        progress_message = "Comparing contrib.json with " + ctx.attr.postgres.label.name,
    )
    return [DefaultInfo(files = depset([list]))]

_contrib_modules = rule(
    implementation = _contrib_modules_impl,
    attrs = dict(STEP_ATTRS, **{
        "modules": attr.string_list(mandatory = True),
        "postgres": attr.label(providers = [PostgresInfo], mandatory = True),
        "_script": attr.label(default = "//steps:modules.sh", allow_single_file = True),
    }),
)

def _modules(version):
    options = enabled_options(POSTGRES["metadata"], DEFAULT_OPTION_SET, version)
    return [
        module
        for module, properties in CONTRIB.items()
        if matches(version, properties.get("postgres", "*"), "extensions/contrib/contrib.json: modules." + module) and
           not [option for option in properties.get("requires", []) if option not in options]
    ]

def contrib_targets():
    """Declares `MODULE~postgres~VERSION`, and per version `modules~postgres~VERSION`: contrib.json against the build."""
    for version in VERSIONS:
        modules = _modules(version)
        for module in modules:
            name = "%s~postgres~%s" % (module, version)
            _contrib_tar(
                name = name,
                module = module,
                postgres = postgres_label(version),
                visibility = ["//visibility:public"],
            )
            native.alias(
                name = name + "--tar",
                actual = name,
                visibility = ["//visibility:public"],
            )
        _contrib_modules(
            name = "modules~postgres~" + version,
            modules = modules,
            postgres = postgres_label(version),
        )
