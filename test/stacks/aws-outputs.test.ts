import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";

import { farmCost, type FarmParts } from "../../components/matrix/farm-cost";
import { asTexts } from "../../local/stack/stack-file";
import { farm } from "../../stacks/farm";
import type { FarmOutputs } from "../../stacks/outputs";
import { record } from "../components/recorder";
import { awsValues } from "./aws-values";
import type { Values } from "./golden";

async function outputsOf(values: Values): Promise<FarmOutputs> {
  pulumi.runtime.setAllConfig(asTexts(values));
  let outputs: unknown;
  await record(() => pulumi.output(farm()).apply((all) => (outputs = all)));
  return outputs as FarmOutputs;
}

describe("the outputs of the reference farm on AWS", () => {
  let outputs: FarmOutputs;
  beforeAll(async () => {
    outputs = await outputsOf(awsValues());
  });

  test("say what it costs, idle and at most, and of which day the prices are", () => {
    expect(outputs.cost?.usdPerHour).toEqual({
      idle: 1.2, // 0.10 + 2 × 0.0898 + 2 × 0.359 + 20 × 0.01
      most: 29.66, // 0.10 + 4 × 0.0898 + (4 + 8) × 0.359 + 15 × (0.7838 + 0.8622) + 20 × 0.01
    });
    expect(outputs.cost?.unpriced).toEqual([]);
    expect(outputs.cost?.prices).toMatch(/us-east-1.*generated \d{4}-\d\d-\d\d/);
  });

  test("lead a client to it: the frontend, and the worker image of each architecture", () => {
    expect(outputs.bazelrc?.split("\n")).toEqual([
      `build:remote --remote_executor=${outputs.endpoint}`,
      "common --repo_env=MONOFARM_WORKER_CLASSES=narrow,wide",
      `common --repo_env=MONOFARM_WORKER_IMAGE_AMD64=registry.example/c@sha256:${"c".repeat(64)}`,
      `common --repo_env=MONOFARM_WORKER_IMAGE_ARM64=registry.example/d@sha256:${"d".repeat(64)}`,
      "",
    ]);
  });

  test("name the role of each writer", () => {
    expect(outputs.roles).toEqual(
      Object.fromEntries(
        ["client", "planner", "publisher"].map((writer) => [writer, `arn:aws:aws:iam/role:Role:artifacts-${writer}`]),
      ),
    );
  });
});

describe("the price of a farm", () => {
  const pool = { instanceTypes: ["m8g.large"], minimum: 1, maximum: 2 };
  const parts: FarmParts = { pools: [pool], zones: 2, endpoints: 0, nat: false };

  test.each<[string, Partial<FarmParts>, number, number]>([
    ["its control plane", { pools: [] }, 0.1, 0.1],
    ["its nodes", {}, 0.19, 0.28],
    ["its endpoints in every zone", { endpoints: 10 }, 0.39, 0.48],
    ["its gateways in every zone", { nat: true }, 0.28, 0.37],
    [
      "the dearest of a pool's instances",
      { pools: [{ ...pool, instanceTypes: ["m8g.large", "m8g.2xlarge"] }] },
      0.46,
      0.82,
    ],
  ])("is that of %s", (_, changed, idle, most) => {
    expect(farmCost({ ...parts, ...changed }).usdPerHour).toEqual({ idle, most });
  });

  test("names the instances that have none", () => {
    const cost = farmCost({ ...parts, pools: [{ ...pool, instanceTypes: ["m9g.large"] }] });
    expect(cost).toMatchObject({ unpriced: ["m9g.large"], usdPerHour: { idle: 0.1, most: 0.1 } });
  });
});
