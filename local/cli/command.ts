/** One command of `./farm`. */
export interface Command {
  /** Half a line for `./farm --help`. */
  readonly summary: string;
  /** The whole text of `./farm COMMAND --help`. */
  readonly usage: string;
  /** True where the command talks to the cluster: it then runs inside the farm's network namespace. */
  readonly inNamespace?: boolean;
  /** Runs with the words after the command's name; gives the exit code. */
  run(args: string[]): Promise<number>;
}
