import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { CHECKOUT } from "../../../local/directories";
import { engineEnvironment } from "../../../local/engine/environment";
import { CommandError, run } from "../../../local/run";
import { simulatedEnvironment } from "../../../local/simulation/simulation";
import type { Tools } from "../../../local/toolbox/toolbox";
import { UNDECIDED } from "../../../policies/pack";
import type { Declared } from "../golden";

/** A policy that Pulumi says is violated, and by which resource. */
export interface Violation {
  readonly level: string;
  readonly policy: string;
  readonly resource: string;
  /** Nobody can tell during a preview. */
  readonly isUndecided: boolean;
}

/** The pack of all rules. */
export const PACK = "policies";

/** A cluster whose objects the real provider previews, by dry runs of its API server. */
export interface Cluster {
  readonly kubeconfig: string;
  /** A command line in the cluster's network. */
  readonly inNetwork: (argv: readonly string[]) => string[];
}

/** Previews declared resources under policy packs, with the real engine; `dispose` removes what that left. */
export class PolicyPreviews {
  private readonly directory = mkdtempSync(join(tmpdir(), "monofarm-policies-"));
  private readonly env: Record<string, string>;

  /** @param cluster simulated by default, as AWS and GitHub are */
  constructor(
    private readonly tools: Tools,
    private readonly cluster?: Cluster,
  ) {
    mkdirSync(join(this.directory, "state"));
    const simulated = simulatedEnvironment(tools, this.directory);
    this.env =
      cluster === undefined ? simulated : { ...simulated, ...engineEnvironment(tools), KUBECONFIG: cluster.kubeconfig };
    writeFileSync(join(this.directory, "Pulumi.yaml"), "name: policies\nruntime: nodejs\n");
  }

  async start(): Promise<void> {
    await run(this.tools.pulumi.path, ["-C", this.directory, "stack", "init", "test", "--non-interactive"], {
      env: this.env,
    });
  }

  /** What packs say of a stack. @throws when the preview fails for any other reason */
  violations(declared: Readonly<Record<string, Declared>>, packs: readonly string[] = [PACK]): Promise<Violation[]> {
    return violationsIn((onLine) => this.preview(declared, packs, onLine), packs);
  }

  /** Previews a stack under some packs. @param packs their folders, from the checkout @returns what Pulumi printed */
  async preview(
    declared: Readonly<Record<string, Declared>>,
    packs: readonly string[],
    onLine: (line: string) => void = () => undefined,
  ): Promise<string> {
    const { path } = this.tools.pulumi;
    const resources = join(this.directory, "resources.json");
    writeFileSync(resources, JSON.stringify(declared));
    const stack = ["--stack", "test"];
    await run(path, ["-C", this.directory, "config", "set", "resources", resources, ...stack], { env: this.env });
    const config = join(this.directory, "Pulumi.test.yaml");
    const args = ["preview", ...stack, "--config-file", config, "--non-interactive", "--color=never"];
    const held = packs.flatMap((pack) => ["--policy-pack", resolve(CHECKOUT, pack)]);
    const command = [path, ...args, ...held];
    const [program = "", ...rest] = this.cluster?.inNetwork(command) ?? command;
    return run(program, rest, { cwd: __dirname, env: this.env, onLine });
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** What packs say of a preview. @throws when it fails for any other reason, or a pack did not run */
export async function violationsIn(
  preview: (onLine: (line: string) => void) => Promise<string>,
  packs: readonly string[] = [PACK],
): Promise<Violation[]> {
  const printed: string[] = [];
  await preview((line) => void printed.push(line)).catch((error: unknown) => {
    if (!(error instanceof CommandError && printed.some((line) => line.includes("[mandatory]")))) throw error;
  });
  const output = printed.join("\n");
  if (!packs.every((pack) => output.includes(` ${packName(pack)}@`))) throw new Error(output);
  const said = /- \[(mandatory|advisory)\].*?\]\s+(\S+)\s+\(\S+: (\S+)\)((?:\n(?!\s+- \[)\s{10}.*)*)/g;
  return [...output.matchAll(said)].map(([, level = "", policy = "", resource = "", text = ""]) => ({
    level,
    policy,
    resource,
    isUndecided: text.includes(UNDECIDED),
  }));
}

/** The name by which the engine tells of a pack. */
function packName(pack: string): string {
  const project = readFileSync(resolve(CHECKOUT, pack, "PulumiPolicy.yaml"), "utf8");
  return /^name: (.+)$/m.exec(project)?.[1] ?? "";
}
