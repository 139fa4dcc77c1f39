import { ALLOW, diagnostics, type Global, type GrpcServer } from "./server";
import { BUILD_DIRECTORY, RUNNER_SOCKET } from "./worker";

/** Configuration of `bb_runner`. */
export interface BbRunner {
  readonly buildDirectoryPath: string;
  readonly grpcServers: readonly GrpcServer[];
  readonly cleanTemporaryDirectories: readonly string[];
  readonly cleanProcessTable: boolean;
  readonly setTmpdirEnvironmentVariable?: boolean;
  readonly global: Global;
}

/** Everywhere that an action may write beside its build directory; emptied before and after each. */
export const TEMPORARY_DIRECTORIES = ["/tmp", "/var/tmp", "/dev/shm"] as const;

/** The runner's own diagnostics port: the worker, in the same pod, has the usual one. */
export const RUNNER_DIAGNOSTICS_PORT = 9981;

/**
 * Runs the actions of one worker: what one leaves in temporary directories or running is gone before the next begins,
 * and a running action is finished when the pod is told to stop.
 */
export function runnerConfiguration(): BbRunner {
  return {
    buildDirectoryPath: BUILD_DIRECTORY,
    grpcServers: [{ listenPaths: [RUNNER_SOCKET], authenticationPolicy: ALLOW, stopGracefully: true }],
    cleanTemporaryDirectories: TEMPORARY_DIRECTORIES,
    cleanProcessTable: true,
    global: diagnostics(RUNNER_DIAGNOSTICS_PORT),
  };
}
