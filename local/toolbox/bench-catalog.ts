import type { GoModule } from "./catalog";

/** Go modules of benchmarks. */
export const BENCH_MODULES: readonly GoModule[] = [
  {
    name: "kwok",
    module: "sigs.k8s.io/kwok",
    programs: { kwok: "sigs.k8s.io/kwok/cmd/kwok" },
    accepted: { args: ["--version"], range: { from: "0.8", below: "0.9" } },
    seconds: 120,
    memoryMiB: 1500,
    diskMiB: 1500,
  },
];
