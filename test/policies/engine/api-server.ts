import { join } from "node:path";

import { CHECKOUT, NAME } from "../../../local/directories";
import { type NodeLayout, paths } from "../../../local/node/layout";
import { ensureNamespace, inNamespace, namespaceExists } from "../../../local/node/namespace";
import { stopNode } from "../../../local/node/stop";
import { CommandError, run } from "../../../local/run";
import type { Tools } from "../../../local/toolbox/toolbox";

const name = `${NAME}-admission`;

/** An API server of its own, beside any farm. */
export const LAYOUT: NodeLayout = { name, state: join("/var/lib", name), run: join("/run", name) };

/** A real API server over an empty etcd, without controllers or nodes: what it admits goes nowhere. */
export class ApiServer {
  constructor(private readonly tools: Tools) {}

  async start(): Promise<void> {
    // What a run that was killed may have left.
    if (namespaceExists(LAYOUT)) await this.stop();
    await ensureNamespace(LAYOUT);
    const loader = join(CHECKOUT, "node_modules", "tsx", "dist", "loader.mjs");
    const script = join(__dirname, "start-api-server.ts");
    const [program = "", ...args] = inNamespace([process.execPath, "--import", loader, script], LAYOUT);
    await run(program, args, { cwd: CHECKOUT });
  }

  async stop(): Promise<void> {
    await stopNode(true, LAYOUT);
  }

  /** Runs kubectl as the cluster's administrator. */
  kubectl(args: readonly string[], input?: unknown): Promise<Answered> {
    return kubectl(this.tools, LAYOUT, args, input);
  }
}

/** What kubectl printed, line by line, on either stream, whether or not it succeeded. */
export interface Answered {
  readonly succeeded: boolean;
  readonly lines: readonly string[];
}

/** Runs kubectl in the network of a node. @param input given to it as JSON */
export async function kubectl(
  tools: Tools,
  layout: NodeLayout,
  args: readonly string[],
  input?: unknown,
): Promise<Answered> {
  const [program = "", ...rest] = inNamespace([tools.kubectl.path, ...args], layout);
  const lines: string[] = [];
  const options = {
    env: { KUBECONFIG: paths(layout).kubeconfig },
    onLine: (line: string) => void lines.push(line),
    ...(input !== undefined && { input: JSON.stringify(input) }),
  };
  try {
    await run(program, rest, options);
    return { succeeded: true, lines };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { succeeded: false, lines };
  }
}
