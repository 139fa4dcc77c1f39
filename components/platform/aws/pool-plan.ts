import { FAMILIES, familyOf } from "../../../policies/predicates/processors";
import { UserError } from "../../user-error";
import type { Architecture, NodePool, PoolRole } from "../platform";

/** Families whose instances have disks of their own. */
const LOCAL_DISKS: readonly string[] = ["c7gd", "c8gd", "m8gd", "i8g", "c8id", "m8id"];

/** EKS's names of the Amazon Linux 2023 images. */
const AMI_TYPES: Readonly<Record<Architecture, string>> = {
  arm64: "AL2023_ARM_64_STANDARD",
  amd64: "AL2023_x86_64_STANDARD",
};

/** A pool of nodes as a stack asks for it. */
export interface PoolSpec {
  readonly role: PoolRole;
  readonly architecture: Architecture;
  /** Of one architecture and CPU generation, such as `c8gd.4xlarge`. */
  readonly instanceTypes: readonly string[];
  readonly minimum: number;
  readonly maximum: number;
  /** Nodes that may be taken away at two minutes' notice: workers alone. */
  readonly spot: boolean;
  /** GiB of the root volume. */
  readonly diskGiB: number;
  /** Keeps images and the pods' own folders on the instances' disks, all of them as one; they go with the node. */
  readonly nvme: boolean;
}

/** A pool of nodes as EKS is asked for it. */
export interface PoolPlan extends PoolSpec {
  /** `worker-arm64`. */
  readonly name: string;
  readonly amiType: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
  /** What pods must say to run there. */
  readonly pool: NodePool;
}

/**
 * A pool's AMI, labels and taints, once its parts are seen to fit each other.
 * @param key of the configuration, for errors
 * @throws UserError for disks that instances do not have, for instances of an unknown family, of another architecture or of two CPU generations, for spot
 * nodes that are not workers, and for sizes that no pool can have
 */
export function planPool(spec: PoolSpec, key: string): PoolPlan {
  const { role, architecture } = spec;
  const families = spec.instanceTypes.map((type, index) => {
    const family = familyOf(type);
    const known = Object.hasOwn(FAMILIES, family) ? FAMILIES[family] : undefined;
    const where = `${key}.instanceTypes.${index}`;
    const fitting = Object.entries(FAMILIES).filter(([, each]) => each.architecture === architecture);
    if (known?.architecture !== architecture)
      throw new UserError(where, type, `${architecture}: a size of ${fitting.map(([name]) => name).join(", ")}`);
    return known;
  });
  if (spec.nvme) {
    const without = spec.instanceTypes.find((type) => !LOCAL_DISKS.includes(familyOf(type)));
    if (without !== undefined)
      throw new UserError(`${key}.nvme`, `true for ${without}`, `false, or sizes of ${LOCAL_DISKS.join(", ")}`);
  }
  const cpus = [...new Set(families.map(({ cpu }) => cpu))];
  if (cpus.length !== 1)
    throw new UserError(`${key}.instanceTypes`, cpus.join(" and ") || "none", "instances of one CPU generation");
  if (spec.spot && role !== "worker") throw new UserError(`${key}.spot`, "true", `false for role ${role}`);
  if (spec.minimum > spec.maximum)
    throw new UserError(`${key}.minimum`, String(spec.minimum), `at most the maximum, ${spec.maximum}`);
  if (role === "worker" && spec.minimum !== 0)
    throw new UserError(`${key}.minimum`, String(spec.minimum), "0: workers without work cost nothing");
  const selector = { "kubernetes.io/arch": architecture, "farm.build/role": role };
  // Whatever tolerates nothing runs on system nodes: the cluster's own pods.
  const isTainted = role !== "system";
  const taint = { key: "farm.build/role", value: role };
  return {
    ...spec,
    name: `${role}-${architecture}`,
    amiType: AMI_TYPES[architecture],
    labels: { "farm.build/role": role, "farm.build/cpu": cpus[0] ?? "" },
    taints: isTainted ? [{ ...taint, effect: "NO_SCHEDULE" }] : [],
    pool: {
      role,
      architecture,
      emulated: false,
      nodeSelector: selector,
      tolerations: isTainted ? [{ ...taint, operator: "Equal", effect: "NoSchedule" }] : [],
    },
  };
}
