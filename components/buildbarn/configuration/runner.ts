import { ALLOW, type Global, type GrpcServer } from "./server";
import { BUILD_DIRECTORY, RUNNER_SOCKET } from "./worker";

/** Configuration of `bb_runner`. */
export interface BbRunner {
  readonly buildDirectoryPath: string;
  readonly grpcServers: readonly GrpcServer[];
  readonly cleanTemporaryDirectories: readonly string[];
  readonly cleanProcessTable: boolean;
  /** Run before and after each action; must succeed. */
  readonly runCommandCleaner: readonly string[];
  readonly runCommandsAs: {
    readonly userId: number;
    readonly groupId: number;
    readonly additionalGroupIds: readonly number[];
  };
  readonly setTmpdirEnvironmentVariable?: boolean;
  readonly global: Global;
}

/** Volumes that an action may write to beside its build directory; emptied before and after each. */
export const TEMPORARY_DIRECTORIES = ["/tmp", "/var/tmp", "/dev/shm"] as const;

/** Where the kernel keeps message queues of the pod's: every container has it. */
const MESSAGE_QUEUES = "/dev/mqueue";

/** The user of actions, nobody else's: Debian's passwd calls it `nobody`. */
export const ACTION_USER = 65534;

/** Removes what the kernel lists: `ipcrm --all` (util-linux 2.38) leaves out what has the id 0. The heading is no id. */
function removeAll(list: string, option: string): string {
  return `while read -r key id rest; do ipcrm ${option} "$id"; done </proc/sysvipc/${list}`;
}

/**
 * As the action's user, for nobody else's processes are among those that it may kill: removes what the kernel keeps
 * under a key, then kills at one blow whatever still runs. BuildBarn's own cleaning reads a list and kills one after
 * another, and a process that forks fast enough is not in the list.
 */
const KILL_ALL = [
  "/usr/bin/setpriv",
  `--reuid=${ACTION_USER}`,
  `--regid=${ACTION_USER}`,
  "--clear-groups",
  "/bin/sh",
  "-c",
  `${removeAll("shm", "-m")}; ${removeAll("sem", "-s")}; kill -KILL -1; :`,
];

/** Permissions that no file of an action has from the start: writing for others than its user. */
const UMASK = 0o022;

/**
 * Runs the actions of one worker as a user of their own: what one leaves in temporary directories, in the kernel or
 * running is gone before the next begins, and a running action is finished when the pod is told to stop.
 */
export function runnerConfiguration(): BbRunner {
  return {
    buildDirectoryPath: BUILD_DIRECTORY,
    grpcServers: [{ listenPaths: [RUNNER_SOCKET], authenticationPolicy: ALLOW, stopGracefully: true }],
    cleanTemporaryDirectories: [...TEMPORARY_DIRECTORIES, MESSAGE_QUEUES],
    cleanProcessTable: true,
    runCommandCleaner: KILL_ALL,
    runCommandsAs: { userId: ACTION_USER, groupId: ACTION_USER, additionalGroupIds: [] },
    global: { setUmask: { umask: UMASK } },
  };
}
