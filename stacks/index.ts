import * as pulumi from "@pulumi/pulumi";

import { UserError } from "../components/user-error";
import { farm } from "./farm";
import { release } from "./release";

/** The programs of this project; a stack names its own in `monofarm:program`. */
const PROGRAMS: Readonly<Record<string, () => object | Promise<object>>> = { farm, release };

async function program(): Promise<object> {
  const name = new pulumi.Config("monofarm").get("program") ?? "nothing";
  const chosen = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
  if (chosen !== undefined) return chosen();
  const where = `stacks/Pulumi.${pulumi.getStack()}.yaml: monofarm:program`;
  throw new UserError(where, name, Object.keys(PROGRAMS).join(", "));
}

/** Mistakes of the reader's are shown without a stack trace. */
export = () =>
  program().catch((error: unknown) => {
    throw error instanceof UserError ? new pulumi.RunError(error.message) : error;
  });
