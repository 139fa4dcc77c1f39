import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stringify } from "yaml";

import { CHECKOUT } from "../directories";
import { engineEnvironment } from "../engine/environment";
import { run } from "../run";
import { committedConfig } from "../stack/stack-file";
import type { Tools } from "../toolbox/toolbox";

type Values = Readonly<Record<string, unknown>>;

const image = (name: string, digit: string) => `registry.example/${name}@sha256:${digit.repeat(64)}`;

/** No key of anybody's. */
const PRIVATE_KEY = "-----BEGIN RSA PRIVATE KEY-----\nsimulated\n-----END RSA PRIVATE KEY-----\n";

const WORKFLOW = "example/postgres/.github/workflows/release.yml@refs/heads/main";

/** A way in for Bazel outside the cluster. */
const ENTRANCE: Values = {
  "monofarm:entrance": {
    host: "rbe.example.org",
    zoneId: "Z0123456789ABC",
    clients: ["203.0.113.0/24"],
    facing: "internet",
    certificate: "-----BEGIN CERTIFICATE-----\nsimulated\n-----END CERTIFICATE-----\n",
    privateKey: PRIVATE_KEY,
  },
};

/** A repository of GitHub's with its runners on the farm: what no farm must have, and a whole one has. */
const GITHUB: Values = {
  "monofarm:github": {
    repositoryId: "123456",
    planner: { environment: "build", workflow: WORKFLOW },
    publisher: { environment: "release", workflow: WORKFLOW },
    stateBucket: "example-release-state",
    administration: {
      app: { id: "1001", installationId: "2001", privateKey: PRIVATE_KEY },
      reviewers: { teams: [22] },
    },
  },
  "monofarm:runners": {
    app: { id: "1002", installationId: "2002", privateKey: PRIVATE_KEY },
    images: { runner: image("runner", "e") },
    sets: [{ architecture: "arm64", maximum: 4, cpu: "500m", memory: "2Gi" }],
  },
};

/**
 * stacks/Pulumi.aws.yaml with what belongs to an account: the one of AWS' own examples, and images, a repository and
 * keys that are nobody's. Runners need a way out to GitHub.
 */
export function simulatedValues(): Values {
  const committed = committedConfig("aws");
  const inner = (key: string) => committed[key] as Values;
  return {
    ...committed,
    "monofarm:platform": {
      ...inner("monofarm:platform"),
      account: "111122223333",
      administrators: ["arn:aws:iam::111122223333:role/farm-administrator"],
      nat: true,
    },
    "monofarm:images": {
      buildbarn: image("buildbarn", "a"),
      client: image("client", "b"),
      autoscaler: image("cluster-autoscaler", "f"),
      prometheus: image("prometheus", "0"),
      workers: { amd64: image("worker-amd64", "c"), arm64: image("worker-arm64", "d") },
    },
    "monofarm:artifacts": { ...inner("monofarm:artifacts"), prefix: "example-farm-" },
    ...GITHUB,
    ...ENTRANCE,
  };
}

/** A farm on a simulated AWS: the real engine and program over providers that make nothing. */
export class Simulation {
  private readonly directory = mkdtempSync(join(tmpdir(), "monofarm-simulation-"));
  private readonly log = join(this.directory, "log");

  private constructor(private readonly tools: Tools) {}

  /** A stack `aws` of its own, with nothing in it. */
  static async start(tools: Tools): Promise<Simulation> {
    const simulation = new Simulation(tools);
    const { directory } = simulation;
    mkdirSync(join(directory, "state"));
    // A project file of the same name keeps the salt of the stack's secrets out of the checkout.
    writeFileSync(join(directory, "Pulumi.yaml"), "name: monofarm\nruntime: nodejs\n");
    await simulation.addStack("aws");
    return simulation;
  }

  /** Makes another stack beside the farm's, with nothing in it. */
  async addStack(stack: string): Promise<void> {
    const args = ["-C", this.directory, "stack", "init", stack, "--non-interactive"];
    await run(this.tools.pulumi.path, args, { env: this.environment() });
  }

  /** Runs `pulumi` on a stack. @param onLine called with each line that it prints */
  async pulumi(
    args: readonly string[],
    values: Values = simulatedValues(),
    onLine?: (line: string) => void,
    stack = "aws",
  ): Promise<string> {
    const file = join(this.directory, `Pulumi.${stack}.yaml`);
    const salt = /^encryptionsalt: .*$/m.exec(readFileSync(file, "utf8"))?.[0] ?? "";
    writeFileSync(file, `${salt}\n${stringify({ config: values })}`);
    writeFileSync(this.log, "");
    const rest = ["--stack", stack, "--config-file", file, "--non-interactive", "--color=never"];
    return run(this.tools.pulumi.path, [...args, ...rest], {
      cwd: CHECKOUT,
      env: this.environment(),
      ...(onLine !== undefined && { onLine }),
    });
  }

  /** Runs `pulumi` on the stack's state alone. */
  async state(...args: readonly string[]): Promise<string> {
    const rest = ["-C", this.directory, ...args, "--stack", "aws"];
    return run(this.tools.pulumi.path, rest, { env: this.environment() });
  }

  /** Takes a state that `pulumi stack export` gave for the stack's own. */
  async restore(state: string): Promise<void> {
    const file = join(this.directory, "restored.json");
    writeFileSync(file, state);
    await this.state("stack", "import", "--file", file);
  }

  /** What the last run did, in order: `create aws:ec2/vpc:Vpc platform`. */
  done(): string[] {
    return readFileSync(this.log, "utf8").split("\n").filter(Boolean);
  }

  end(): void {
    rmSync(this.directory, { recursive: true });
  }

  private environment(): Record<string, string> {
    return { ...simulatedEnvironment(this.tools, this.directory), MONOFARM_SIMULATION_LOG: this.log };
  }
}

/**
 * The environment in which Pulumi's engine takes the simulated providers for those of AWS, GitHub and Kubernetes.
 * @param directory where `state` keeps the stacks
 */
export function simulatedEnvironment(tools: Tools, directory: string): Record<string, string> {
  const env = engineEnvironment(tools);
  return {
    ...env,
    PATH: `${join(CHECKOUT, "local", "simulation", "bin")}:${env["PATH"] ?? ""}`,
    PULUMI_BACKEND_URL: `file://${join(directory, "state")}`,
    // What is simulated has no secrets.
    PULUMI_CONFIG_PASSPHRASE: "simulated",
  };
}
