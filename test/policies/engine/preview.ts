import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { engineEnvironment } from "../../../local/engine/environment";
import { CHECKOUT } from "../../../local/directories";
import { CommandError, run } from "../../../local/run";
import type { Tools } from "../../../local/toolbox/toolbox";
import type { Declared } from "../golden";

/** A policy that Pulumi says is violated, and by which resource. */
export interface Violation {
  readonly level: string;
  readonly policy: string;
  readonly resource: string;
}

/** What stands in for providers: the packages of the golden farm's types. */
const PROVIDERS = ["aws", "github", "kubernetes"];

/** Previews declared resources under both packs, with the real engine; `dispose` removes what that left. */
export class PolicyPreviews {
  private readonly directory = mkdtempSync(join(tmpdir(), "monofarm-policies-"));
  private readonly env: Record<string, string>;

  constructor(private readonly tools: Tools) {
    const bin = join(this.directory, "bin");
    mkdirSync(bin);
    const loader = join(CHECKOUT, "node_modules", "tsx", "dist", "loader.mjs");
    const provider = join(__dirname, "recording-provider.ts");
    for (const name of PROVIDERS) {
      const file = join(bin, `pulumi-resource-${name}`);
      writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" --import "${loader}" "${provider}" "$@"\n`);
      chmodSync(file, 0o755);
    }
    const env = engineEnvironment(tools);
    mkdirSync(join(this.directory, "state"));
    this.env = {
      ...env,
      PATH: `${bin}:${env["PATH"] ?? ""}`,
      PULUMI_BACKEND_URL: `file://${join(this.directory, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "previews",
    };
    writeFileSync(join(this.directory, "Pulumi.yaml"), "name: policies\nruntime: nodejs\n");
  }

  async start(): Promise<void> {
    await run(this.tools.pulumi.path, ["-C", this.directory, "stack", "init", "test", "--non-interactive"], {
      env: this.env,
    });
  }

  /** What the packs say of a stack. @throws when the preview fails for any other reason */
  async violations(declared: Readonly<Record<string, Declared>>): Promise<Violation[]> {
    const resources = join(this.directory, "resources.json");
    writeFileSync(resources, JSON.stringify(declared));
    const config = join(this.directory, "Pulumi.test.yaml");
    await run(
      this.tools.pulumi.path,
      ["-C", this.directory, "config", "set", "resources", resources, "--stack", "test"],
      {
        env: this.env,
      },
    );
    const packs = ["hermetic", "security"].flatMap((pack) => ["--policy-pack", join(CHECKOUT, "policies", pack)]);
    const args = [
      "preview",
      "--stack",
      "test",
      "--config-file",
      config,
      "--non-interactive",
      "--color=never",
      ...packs,
    ];
    const printed: string[] = [];
    const onLine = (line: string) => void printed.push(line);
    await run(this.tools.pulumi.path, args, { cwd: __dirname, env: this.env, onLine }).catch((error: unknown) => {
      if (!(error instanceof CommandError && printed.some((line) => line.includes("[mandatory]")))) throw error;
    });
    const output = printed.join("\n");
    if (!output.includes("monofarm-hermetic@") || !output.includes("monofarm-security@")) throw new Error(output);
    return [...output.matchAll(/- \[(mandatory|advisory)\].*?\]\s+(\S+)\s+\(\S+: (\S+)\)/g)].map(
      ([, level = "", policy = "", resource = ""]) => ({ level, policy, resource }),
    );
  }

  dispose(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
