import * as pulumi from "@pulumi/pulumi";

import { UserError } from "../components/user-error";

/** The programs of this project; a stack names its own in `monofarm:program`. */
const PROGRAMS = {
  farm: async () => (await import("./farm")).farm(),
  release: async () => (await import("./release")).release(),
};

async function program(): Promise<object> {
  const name = new pulumi.Config("monofarm").get("program") ?? "nothing";
  if (name === "farm" || name === "release") return PROGRAMS[name]();
  throw new UserError(
    `stacks/Pulumi.${pulumi.getStack()}.yaml: monofarm:program`,
    name,
    Object.keys(PROGRAMS).join(", "),
  );
}

/** Mistakes of the reader's are shown without a stack trace. */
export = () =>
  program().catch((error: unknown) => {
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  });
