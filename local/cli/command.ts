/** One command of `./farm`. */
export interface Command {
  /** The whole text of `./farm COMMAND --help`. */
  readonly usage: string;
  /** True where it works on the farm of this machine, which takes Linux and root. @default false */
  readonly onMachine?: boolean;
  /** True where it talks to the cluster: it then runs inside the farm's network namespace. @default false */
  readonly inNamespace?: boolean;
  /** Runs with the words after the command's name; gives the exit code. */
  run(args: string[]): Promise<number>;
}
