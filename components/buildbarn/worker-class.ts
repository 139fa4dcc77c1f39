/**
 * Classes of workers, by what an action may take: `narrow` one core, `wide` as many as its node has to spare. Which actions
 * want which is told in components/matrix/cost.ts.
 */
export const WORKER_CLASSES = ["narrow", "wide"] as const;

/** The platform property `class`. */
export type WorkerClass = (typeof WORKER_CLASSES)[number];

/** CPU that an action may take at most, in Kubernetes' quantities; none leaves no idle core unused. */
export const CPU_LIMITS: Readonly<Partial<Record<WorkerClass, string>>> = { narrow: "1" };

/** Classes that some pools have, each once. */
export function classesOf(pools: readonly { readonly workerClass: WorkerClass }[]): WorkerClass[] {
  return WORKER_CLASSES.filter((one) => pools.some(({ workerClass }) => workerClass === one));
}

/** Name of a pool's Deployment. */
export function workersName(architecture: string, workerClass: WorkerClass): string {
  return `worker-${architecture}-${workerClass}`;
}
