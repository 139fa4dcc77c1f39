import { committedConfig } from "../../local/stack/stack-file";
import type { Values } from "./golden";

const digest = (letter: string) => `registry.example/${letter}@sha256:${letter.repeat(64)}`;

/** What a fork adds to stacks/Pulumi.kubernetes.yaml. */
export const FORK: Values = {
  "monofarm:platform": {
    kind: "kubernetes",
    kubeconfig: "/home/fork/kubeconfig",
    context: "farm",
    pools: [
      ...["system", "storage", "client", "worker"].map((role) => ({
        role,
        architecture: "amd64",
        nodeSelector: { "kubernetes.io/arch": "amd64", "farm.build/role": role },
      })),
      { role: "worker", architecture: "arm64", nodeSelector: { "kubernetes.io/arch": "arm64" } },
    ],
    storageClassName: "fast",
    s3: { cidrs: ["192.0.2.0/24"], port: 9000 },
  },
  "monofarm:images": {
    buildbarn: digest("a"),
    client: digest("b"),
    workers: { amd64: digest("c"), arm64: digest("d") },
  },
  "monofarm:artifacts": {
    prefix: "fork-",
    releaseLock: { days: 1825 },
    existing: {
      endpoint: "https://s3.example:9000",
      region: "home",
      accessKeyId: "key",
      secretAccessKey: "secret",
    },
  },
};

/** stacks/Pulumi.kubernetes.yaml with what a fork adds. */
export function kubernetesValues(): Values {
  return { ...committedConfig("kubernetes"), ...FORK };
}

/** The same farm with a Prometheus. */
export function observedValues(): Values {
  const values = kubernetesValues();
  return { ...values, "monofarm:images": { ...(values["monofarm:images"] as Values), prometheus: digest("9") } };
}
