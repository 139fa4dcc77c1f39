import { UserError } from "../../components/user-error";
import { CommandError, run } from "../run";
import { accepts } from "./version";

/** The Go toolchain of this machine. */
export interface GoEnvironment {
  /** As in `1.26.8`. */
  readonly version: string;
  readonly os: string;
  readonly arch: string;
  /** Folder of downloaded modules. */
  readonly moduleCache: string;
  /** Folder of compiled packages. */
  readonly buildCache: string;
}

/**
 * Environment of every Go command. The checksum database does not know the modules of GONOSUMDB; the committed `go.sum`
 * guards them as it does all others.
 */
export const GO_VARIABLES: Readonly<Record<string, string>> = {
  CGO_ENABLED: "0",
  GOFLAGS: "",
  GOWORK: "off",
  GONOSUMDB: "github.com/buildbarn/*,github.com/pulumi/*,github.com/fluxcd/*",
};

/**
 * Asks the `go` on PATH about itself.
 * @param needed oldest version that will do
 * @param directory folder of a `go.mod`, whose toolchain line `go` may follow
 * @throws UserError when there is no `go`, or only an older one
 */
export async function goEnvironment(needed: string, directory: string): Promise<GoEnvironment> {
  const allowed = `Go ${needed} or newer on PATH, to build the tools that this machine lacks (https://go.dev/dl)`;
  let answer: string;
  try {
    const args = ["env", "-json", "GOVERSION", "GOOS", "GOARCH", "GOMODCACHE", "GOCACHE"];
    answer = await run("go", args, { cwd: directory, env: GO_VARIABLES });
  } catch (error) {
    if (error instanceof CommandError) throw new UserError("go", `an error: ${error.output}`, allowed);
    throw new UserError("go", "nothing on PATH", allowed);
  }
  const value = JSON.parse(answer) as Record<"GOVERSION" | "GOOS" | "GOARCH" | "GOMODCACHE" | "GOCACHE", string>;
  const version = value.GOVERSION.replace(/^go/, "");
  if (!accepts({ from: needed, below: "2" }, version)) throw new UserError("go", `version ${version}`, allowed);
  return { version, os: value.GOOS, arch: value.GOARCH, moduleCache: value.GOMODCACHE, buildCache: value.GOCACHE };
}
