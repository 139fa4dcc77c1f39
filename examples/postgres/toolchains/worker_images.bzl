"""The image that each architecture's actions run in: given once, on the command line, by whoever runs the farm.

`--repo_env=MONOFARM_WORKER_IMAGE_AMD64=NAME@sha256:…` becomes the `container-image` property of the platform, which
must equal the farm's worker queue to the letter. Without it the platform carries no image: enough for local builds.
"""

_ARCHITECTURES = ["amd64", "arm64"]

def _worker_images_impl(ctx):
    properties = {}
    for architecture in _ARCHITECTURES:
        variable = "MONOFARM_WORKER_IMAGE_" + architecture.upper()
        image = ctx.os.environ.get(variable, "")
        digest = image.partition("@sha256:")[2]
        if image and (len(digest) != 64 or digest.strip("0123456789abcdef")):
            fail("--repo_env=%s: found %r, allowed: NAME@sha256:<64 lower-case hexadecimal digits>" % (variable, image))
        properties[architecture] = {"Arch": architecture, "OSFamily": "linux"}
        if image:
            properties[architecture]["container-image"] = "docker://" + image
    ctx.file("BUILD.bazel", "")
    ctx.file("properties.bzl", "EXEC_PROPERTIES = %r\n" % properties)

worker_images = repository_rule(
    implementation = _worker_images_impl,
    doc = "Generates `@worker_images//:properties.bzl`: EXEC_PROPERTIES by architecture.",
    environ = ["MONOFARM_WORKER_IMAGE_" + architecture.upper() for architecture in _ARCHITECTURES],
)
