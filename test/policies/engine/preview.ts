import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CHECKOUT } from "../../../local/directories";
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

/** The packs of this repository. */
export const PACKS: readonly string[] = ["hermetic", "security"];

/** Previews declared resources under both packs, with the real engine; `dispose` removes what that left. */
export class PolicyPreviews {
  private readonly directory = mkdtempSync(join(tmpdir(), "monofarm-policies-"));
  private readonly env: Record<string, string>;

  constructor(private readonly tools: Tools) {
    mkdirSync(join(this.directory, "state"));
    this.env = simulatedEnvironment(tools, this.directory);
    writeFileSync(join(this.directory, "Pulumi.yaml"), "name: policies\nruntime: nodejs\n");
  }

  async start(): Promise<void> {
    await run(this.tools.pulumi.path, ["-C", this.directory, "stack", "init", "test", "--non-interactive"], {
      env: this.env,
    });
  }

  /** What the packs say of a stack. @throws when the preview fails for any other reason */
  violations(declared: Readonly<Record<string, Declared>>): Promise<Violation[]> {
    return violationsIn((onLine) => this.preview(declared, PACKS, onLine));
  }

  /** Previews a stack under some packs. @returns what Pulumi printed */
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
    const held = packs.flatMap((pack) => ["--policy-pack", join(CHECKOUT, "policies", pack)]);
    return run(path, [...args, ...held], { cwd: __dirname, env: this.env, onLine });
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** What both packs say of a preview. @throws when it fails for any other reason, or a pack did not run */
export async function violationsIn(preview: (onLine: (line: string) => void) => Promise<string>): Promise<Violation[]> {
  const printed: string[] = [];
  await preview((line) => void printed.push(line)).catch((error: unknown) => {
    if (!(error instanceof CommandError && printed.some((line) => line.includes("[mandatory]")))) throw error;
  });
  const output = printed.join("\n");
  if (!output.includes("monofarm-hermetic@") || !output.includes("monofarm-security@")) throw new Error(output);
  const said = /- \[(mandatory|advisory)\].*?\]\s+(\S+)\s+\(\S+: (\S+)\)((?:\n(?!\s+- \[)\s{10}.*)*)/g;
  return [...output.matchAll(said)].map(([, level = "", policy = "", resource = "", text = ""]) => ({
    level,
    policy,
    resource,
    isUndecided: text.includes(UNDECIDED),
  }));
}
