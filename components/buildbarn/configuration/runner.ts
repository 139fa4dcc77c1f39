import { ACTION_USER } from "../../../policies/predicates/confinement";
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

/**
 * Ends and removes what an action left (`local/toolbox/confine/sweep`): first every process of its user's at one blow, for
 * BuildBarn's own cleaning reads a list and kills one after another, and a process that forks fast enough is not in the list;
 * then what they may have written.
 */
const SWEEP = ["/bb/sweep", String(ACTION_USER), ...TEMPORARY_DIRECTORIES, MESSAGE_QUEUES];

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
    runCommandCleaner: SWEEP,
    runCommandsAs: { userId: ACTION_USER, groupId: ACTION_USER, additionalGroupIds: [] },
    global: { setUmask: { umask: UMASK } },
  };
}
