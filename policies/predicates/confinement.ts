import { absent, all, any, type Condition, every, includes, is, linesMatch, oneOf, unlessSet } from "./condition";

/** A container that cannot gain anything: Kubernetes' restricted pod security standard. */
export const CONFINED: Condition = all(
  is("securityContext.allowPrivilegeEscalation", false),
  unlessSet("securityContext.privileged", false),
  includes("securityContext.capabilities.drop", "ALL"),
  any(
    absent("securityContext.capabilities.add"),
    every("securityContext.capabilities.add", oneOf("", ["NET_BIND_SERVICE"])),
  ),
);

/** A pod that shares nothing of its node's, nor processes between its containers. */
export const ON_ITS_OWN: Condition = all(
  ...["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"].map((share) => unlessSet(`spec.${share}`, false)),
);

/** The user of actions, nobody else's: Debian's passwd calls it `nobody`. */
export const ACTION_USER = 65534;

/** The command that ends what an action left running, and then removes what it wrote, `/tmp` among it. */
export const sweeps = (path: string): Condition =>
  linesMatch(path, `^/bb/sweep\\n${ACTION_USER}(\\n/[\\w/.-]+)*\\n/tmp(\\n/[\\w/.-]+)*$`);

/** Nothing else is started in a container, beside its command: at its start, its end, or to see how it is. */
const STARTS_NOTHING_ELSE: Condition = all(
  ...["args", "lifecycle", "readinessProbe.exec", "startupProbe.exec"].map(absent),
  any(absent("livenessProbe.exec"), linesMatch("livenessProbe.exec.command", "^/bb/tini\\n--version$")),
);

/** A container's command is a program of BuildBarn's, under an init. */
const runs = (program: string): Condition =>
  all(linesMatch("command", `^/[\\w/.-]*/tini\\n--\\n${program}\\n/[\\w/.-]+\\.json$`), STARTS_NOTHING_ELSE);

/** A container that runs the runner under `confine`, which takes sockets from it before it starts. */
export const RUNNER: Condition = runs("/bb/confine\\n(-file-bytes=[0-9]+\\n)?/bb/bb_runner");
/** A container that runs the worker, which starts no action itself. */
export const WORKER_PROGRAM: Condition = runs("/[\\w/.-]*/bb_worker");
