"""How an action runs one of the scripts of this package."""

STEP_ATTRS = {
    "_hermetic": attr.label(default = "//steps:hermetic.sh", allow_single_file = True),
}

def run_step(ctx, script, arguments, inputs, outputs, mnemonic, progress_message):
    """Runs a script with bash in an environment that is fixed to the last variable.

    Args:
      ctx: the rule's context; its attributes include STEP_ATTRS.
      script: the script's File.
      arguments: strings and Files.
      inputs: Files that the script reads.
      outputs: Files that it writes.
      mnemonic: the action's kind, as Bazel shows it.
      progress_message: what Bazel shows while it runs.
    """
    ctx.actions.run(
        executable = "/bin/bash",
        arguments = [script.path] + [getattr(argument, "path", argument) for argument in arguments],
        inputs = [script, ctx.file._hermetic] + inputs,
        outputs = outputs,
        env = {"PATH": "/usr/bin:/bin"},
        mnemonic = mnemonic,
        progress_message = progress_message,
    )
