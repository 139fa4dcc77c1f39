import { WORKER_CLASSES } from "../../buildbarn/worker-class";
import { UserError } from "../../user-error";
import type { Architecture } from "../../platform/platform";

/** What a pod of a release Job is told by its environment (components/matrix/job-spec.ts). */
export interface Settings {
  readonly release: string;
  readonly job: string;
  readonly jobDigest: string;
  /** Index of the Job that this pod is. */
  readonly index: number;
  /** BuildBarn's frontend, `grpc://host:port`. */
  readonly frontend: string;
  readonly s3: { readonly endpoint: string; readonly region: string };
  /** Names of the buckets by purpose. */
  readonly buckets: {
    readonly sources: string;
    readonly matrix: string;
    readonly release: string;
    readonly logs: string;
  };
  /** Worker images by digest. */
  readonly workerImages: Partial<Readonly<Record<Architecture, string>>>;
  /** Classes of workers that the farm has. */
  readonly workerClasses: readonly string[];
  readonly emulated: readonly string[];
  /** What Bazel sees of the pod's environment; the store's keys are not among it. */
  readonly bazelEnvironment: NodeJS.ProcessEnv;
}

const CLASSES = new RegExp(`^(${WORKER_CLASSES.join("|")})(,(${WORKER_CLASSES.join("|")}))*$`);

const SEEN_BY_BAZEL = ["HOME", "PATH", "TZ"];

/** @throws UserError naming the first variable that is absent or wrong */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const need = (name: string, form: RegExp, allowed: string): string => {
    const value = environment[name] ?? "";
    if (!form.test(value)) throw new UserError(`environment of the pod: ${name}`, value || "nothing", allowed);
    return value;
  };
  const image = (architecture: Architecture) => {
    const value = environment[`MONOFARM_WORKER_IMAGE_${architecture.toUpperCase()}`];
    return value === undefined || value === "" ? {} : { [architecture]: value };
  };
  return {
    release: need("MONOFARM_RELEASE", /./, "the release's id"),
    job: need("MONOFARM_JOB", /./, "the Job's name"),
    jobDigest: need("MONOFARM_JOB_DIGEST", /^[0-9a-f]{64}$/, "64 hexadecimal digits"),
    index: Number(need("JOB_COMPLETION_INDEX", /^\d+$/, "a whole number: the Job must be Indexed")),
    frontend: need("MONOFARM_FRONTEND", /^grpcs?:\/\/./, "grpc://host:port"),
    s3: {
      endpoint: need("MONOFARM_S3", /^https?:\/\/./, "http://host:port"),
      region: need("AWS_REGION", /./, "a region, such as us-east-1"),
    },
    buckets: {
      sources: environment["MONOFARM_BUCKET_SOURCES"] ?? "sources",
      matrix: environment["MONOFARM_BUCKET_MATRIX"] ?? "matrix",
      release: environment["MONOFARM_BUCKET_RELEASE"] ?? "release",
      logs: environment["MONOFARM_BUCKET_LOGS"] ?? "logs",
    },
    workerImages: { ...image("amd64"), ...image("arm64") },
    workerClasses: need("MONOFARM_WORKER_CLASSES", CLASSES, `some of ${WORKER_CLASSES.join(",")}`).split(","),
    emulated: (environment["MONOFARM_EMULATED"] ?? "").split(",").filter((name) => name !== ""),
    bazelEnvironment: Object.fromEntries(Object.entries(environment).filter(([name]) => SEEN_BY_BAZEL.includes(name))),
  };
}
