import { dirname, join } from "node:path";

import { CHECKOUT } from "../directories";
import { onPath } from "../toolbox/find";
import type { Tools } from "../toolbox/toolbox";

/** Executables that stand in for Pulumi's own Node.js support. */
const STAND_INS = join(CHECKOUT, "local", "engine", "bin");

/**
 * The environment in which the engine finds everything that it starts, without asking a network: the official
 * Kubernetes provider, Node.js, and the host of Node.js programs: Pulumi's own where it is on PATH, else ours.
 */
export function engineEnvironment(tools: Tools): Record<string, string> {
  const folders = [
    dirname(tools.pulumi.path),
    dirname(tools["pulumi-resource-kubernetes"].path),
    join(CHECKOUT, "node_modules", "node", "bin"),
    ...(onPath("pulumi-language-nodejs") === undefined ? [STAND_INS] : []),
  ];
  return {
    PATH: [...new Set(folders), process.env["PATH"] ?? ""].join(":"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Types are checked by `./farm test`; a program starts in half the time without.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
}
