import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

import { stringify } from "yaml";

import { CHECKOUT } from "../../local/directories";
import { run } from "../../local/run";
import { simulatedEnvironment } from "../../local/simulation/simulation";
import { StreamProgress } from "../../local/terminal/progress";
import { ensureTestTools, presentTools } from "../../local/toolbox/toolbox";

const EXAMPLE = join(CHECKOUT, "examples", "fork-yaml");
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

/** What belongs to the fork's account. */
export const ACCOUNT = {
  "fork:account": "111122223333",
  "fork:administrator": "arn:aws:iam::111122223333:role/farm-administrator",
  "fork:prefix": "example-fork-",
  "fork:autoscalerImage": `registry.example/cluster-autoscaler@${digest("c")}`,
  "fork:buildbarnImage": `registry.example/buildbarn@${digest("a")}`,
  "fork:workerImage": `registry.example/worker@${digest("b")}`,
} as const;

/** The example's program in YAML, in Pulumi's own engine over a simulated cloud. */
export class Fork {
  private readonly directory = mkdtempSync(join(tmpdir(), "monofarm-fork-"));
  private readonly log = join(this.directory, "log");

  private constructor(
    private readonly program: string,
    private readonly env: Record<string, string>,
  ) {}

  /** A stack `test` with nothing in it. */
  static async start(): Promise<Fork> {
    const [tools, tests] = [await presentTools(), await ensureTestTools(new StreamProgress())];
    const env: Record<string, string> = {};
    const fork = new Fork(tools.pulumi.path, env);
    Object.assign(env, simulatedEnvironment(tools, fork.directory), { MONOFARM_SIMULATION_LOG: fork.log });
    env["PATH"] = [dirname(tests["pulumi-language-yaml"].path), env["PATH"]].join(delimiter);
    mkdirSync(join(fork.directory, "state"));
    writeFileSync(join(fork.directory, "Pulumi.yaml"), "name: fork\nruntime: yaml\n");
    await run(fork.program, ["-C", fork.directory, "stack", "init", "test", "--non-interactive"], { env });
    return fork;
  }

  /** Runs `pulumi` on the example. */
  pulumi(args: readonly string[], values: Readonly<Record<string, string>> = ACCOUNT): Promise<string> {
    const file = join(this.directory, "Pulumi.test.yaml");
    const salt = /^encryptionsalt: .*$/m.exec(readFileSync(file, "utf8"))?.[0] ?? "";
    writeFileSync(file, `${salt}\n${stringify({ config: values })}`);
    writeFileSync(this.log, "");
    const rest = ["--stack", "test", "--config-file", file, "--non-interactive", "--color=never"];
    return run(this.program, [...args, ...rest], { cwd: EXAMPLE, env: this.env });
  }

  /** The schema of the package, as Pulumi reads it from the components. */
  async schema(): Promise<unknown> {
    return JSON.parse(
      await run(this.program, ["package", "get-schema", "./components"], { cwd: CHECKOUT, env: this.env }),
    );
  }

  /** What the last run did, in order. */
  done(): string[] {
    return readFileSync(this.log, "utf8").split("\n").filter(Boolean);
  }

  end(): void {
    rmSync(this.directory, { recursive: true });
  }
}
