"""The image that each architecture's actions run in: given once, on the command line, by whoever runs the farm.

`--repo_env=MONOFARM_WORKER_IMAGE_AMD64=NAME@sha256:…` becomes the `container-image` property of the platform, which
must equal the farm's worker queue to the letter. Without it the platform carries no image: enough for local builds.

`--repo_env=MONOFARM_WORKER_CLASSES=narrow,wide` names the classes of workers that the farm has. Where it has one, every
action asks for that.
"""

_ARCHITECTURES = ["amd64", "arm64"]

# The property `class`: one core for an action, or as many as there are.
_CLASSES = ["narrow", "wide"]
_CLASSES_VARIABLE = "MONOFARM_WORKER_CLASSES"

def _classes(environ):
    known = environ.get(_CLASSES_VARIABLE, ",".join(_CLASSES)).split(",")
    if [name for name in known if name not in _CLASSES]:
        fail("--repo_env=%s: found %r, allowed: some of %s" % (_CLASSES_VARIABLE, ",".join(known), ",".join(_CLASSES)))
    return {name: {"class": name if name in known else known[0]} for name in _CLASSES}

def _worker_images_impl(ctx):
    properties = {}
    classes = _classes(ctx.os.environ)
    for architecture in _ARCHITECTURES:
        variable = "MONOFARM_WORKER_IMAGE_" + architecture.upper()
        image = ctx.os.environ.get(variable, "")
        digest = image.partition("@sha256:")[2]
        if image and (len(digest) != 64 or digest.strip("0123456789abcdef")):
            fail("--repo_env=%s: found %r, allowed: NAME@sha256:<64 lower-case hexadecimal digits>" % (variable, image))
        properties[architecture] = dict(classes["narrow"], Arch = architecture, OSFamily = "linux")
        if image:
            properties[architecture]["container-image"] = "docker://" + image
    ctx.file("BUILD.bazel", "")
    ctx.file("properties.bzl", "EXEC_PROPERTIES = %r\nCLASS_PROPERTIES = %r\n" % (properties, classes))

worker_images = repository_rule(
    implementation = _worker_images_impl,
    doc = "Generates `@worker_images//:properties.bzl`: EXEC_PROPERTIES by architecture, CLASS_PROPERTIES by class.",
    environ = [_CLASSES_VARIABLE] + ["MONOFARM_WORKER_IMAGE_" + architecture.upper() for architecture in _ARCHITECTURES],
)
