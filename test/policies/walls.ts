import { type Declared } from "./golden";
import { mutate } from "./mutants";
import { kubernetesValues } from "../stacks/kubernetes-values";
import type { Values } from "../stacks/golden";

/** One choice of a farm's, as a stack's configuration has it and as the cluster gets it, and whether a rule holds. */
export interface WallCase {
  readonly rule: string;
  readonly what: string;
  readonly holds: boolean;
  readonly values: Values;
  readonly declared: Declared;
}

const HEX = "0123456789abcdef".repeat(4);

/** Image references, and whether they name one image for ever. */
export const REFERENCES: readonly (readonly [string, boolean])[] = [
  [`registry.example/worker@sha256:${HEX}`, true],
  [`registry.example:5000/a/b:1.2@sha256:${HEX}`, true],
  [`worker:1.2`, false],
  [`worker`, false],
  [``, false],
  [`worker@sha256:${HEX.slice(1)}`, false],
  [`worker@sha256:${HEX}0`, false],
  [`worker@sha256:${HEX.toUpperCase()}`, false],
  [`worker@sha512:${HEX}`, false],
  [`worker@sha256:${HEX} `, false],
  [`worker@sha256:${HEX}\n`, false],
];

const SELECTORS: readonly (readonly [Record<string, string>, boolean])[] = [
  [{ "kubernetes.io/arch": "amd64" }, true],
  [{ "kubernetes.io/arch": "arm64", "farm.build/role": "worker" }, true],
  [{}, false],
  [{ "farm.build/role": "worker" }, false],
  [{ "kubernetes.io/arch": "riscv64" }, false],
  [{ "beta.kubernetes.io/arch": "amd64" }, false],
];

const changed = (key: string, change: (slice: Values) => Values): Values => {
  const values = kubernetesValues();
  return { ...values, [key]: change(values[key] as Values) };
};
const of = (resource: string, path: string, value: unknown) => mutate(resource, path, value)[resource] as Declared;

/** Rules that configuration, pack and admission all hold, case by case. */
export const WALL_CASES: readonly WallCase[] = [
  ...REFERENCES.map(([image, holds]) => ({
    rule: "H01",
    what: JSON.stringify(image),
    holds,
    values: changed("monofarm:images", (images) => ({ ...images, buildbarn: image })),
    declared: of("scheduler", "spec.template.spec.containers.0.image", image),
  })),
  ...SELECTORS.map(([nodeSelector, holds]) => ({
    rule: "H14",
    what: JSON.stringify(nodeSelector),
    holds,
    values: changed("monofarm:platform", ({ pools, ...rest }) => ({
      ...rest,
      pools: (pools as Values[]).map((pool) => (pool["role"] === "worker" ? { ...pool, nodeSelector } : pool)),
    })),
    declared: of("worker", "spec.template.spec.nodeSelector", nodeSelector),
  })),
];
