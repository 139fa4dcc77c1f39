/**
 * Pulumi's host of Node.js programs, for machines where Pulumi's own `pulumi-language-nodejs` cannot be had.
 *
 * The engine starts it, reads the port that it prints, and asks it over gRPC (`pulumirpc.LanguageRuntime`) to run
 * programs, policy packs and component packages; everything behind that is in the npm package @pulumi/pulumi. It answers
 * what `preview`, `up`, `refresh`, `destroy` and `package get-schema` ask, and nothing else.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
} from "@grpc/grpc-js";
import * as service from "@pulumi/pulumi/proto/language_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/language_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";

/** Code with which a program ends after it has shown its error itself (@pulumi/pulumi/cmd/run). */
const ALREADY_REPORTED = 32;

/** The engine's address is the last argument, after flags. */
const engineAddress = process.argv.at(-1) ?? "";

/** Arguments of @pulumi/pulumi/cmd/run for a request. */
function runArguments(request: messages.RunRequest): string[] {
  const info = request.getInfo();
  const values = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    "root-directory": info?.getRootDirectory() ?? "",
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  const flags = Object.entries(values).filter(([, value]) => value !== "");
  return [
    ...flags.map(([name, value]) => `--${name}=${value}`),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info?.getEntryPoint() ?? request.getProgram(),
    ...request.getArgsList(),
  ];
}

function run(
  call: ServerUnaryCall<messages.RunRequest, messages.RunResponse>,
  done: sendUnaryData<messages.RunResponse>,
) {
  const request = call.request;
  const fromProgram = createRequire(join(request.getPwd(), "package.json"));
  const child = spawn(process.execPath, [fromProgram.resolve("@pulumi/pulumi/cmd/run"), ...runArguments(request)], {
    cwd: request.getPwd(),
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      ...process.env,
      PULUMI_NODEJS_TYPESCRIPT: "true",
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
  child.on("error", done);
  child.on("close", (code, signal) => {
    const response = new messages.RunResponse();
    response.setBail(code === ALREADY_REPORTED);
    if (code !== 0 && code !== ALREADY_REPORTED)
      response.setError(`Program ended with ${code ?? signal ?? "an error"}`);
    done(null, response);
  });
}

/** Says nothing where a package's dependencies are there, as npm put them for the whole checkout: it fetches none. */
function installDependencies(
  call: ServerWritableStream<messages.InstallDependenciesRequest, messages.InstallDependenciesResponse>,
) {
  const folder = call.request.getInfo()?.getProgramDirectory() ?? call.request.getDirectory();
  try {
    createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi");
    call.end();
  } catch {
    const details = `${folder}: found no @pulumi/pulumi; allowed: npm packages installed beforehand, by npm ci`;
    call.emit("error", { code: status.FAILED_PRECONDITION, details });
  }
}

/**
 * Runs a policy pack in its own folder, or a component package where the engine stands: the engine reads its port and its
 * complaints from the stream. A pack whose main is JavaScript is run as it is: it needs nothing of what prepares
 * TypeScript, which takes longer to start than most packs.
 */
function runPlugin(call: ServerWritableStream<messages.RunPluginRequest, messages.RunPluginResponse>) {
  const { request } = call;
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const here = createRequire(join(folder, "package.json"));
  const isPack = request.getKind() === "analyzer";
  const child = spawn(
    process.execPath,
    isPack ? packArguments(here, folder) : packageArguments(here, folder, request),
    {
      cwd: isPack ? folder : request.getPwd(),
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment(request.getEnvList()) },
    },
  );
  const send = (fill: (response: messages.RunPluginResponse) => void) => {
    const response = new messages.RunPluginResponse();
    fill(response);
    call.write(response);
  };
  child.stdout.on("data", (chunk: Buffer) => {
    send((response) => response.setStdout(chunk));
  });
  child.stderr.on("data", (chunk: Buffer) => {
    send((response) => response.setStderr(chunk));
  });
  child.on("error", (error) => call.destroy(error));
  child.on("close", (code) => {
    send((response) => response.setExitcode(code ?? 1));
    call.end();
  });
  call.on("cancelled", () => child.kill());
}

function packArguments(here: NodeJS.Require, folder: string): string[] {
  const main = here.resolve(folder);
  return main.endsWith(".js") ? [main] : [here.resolve("@pulumi/pulumi/cmd/run-policy-pack"), engineAddress, folder];
}

function packageArguments(here: NodeJS.Require, folder: string, request: messages.RunPluginRequest): string[] {
  return [here.resolve("@pulumi/pulumi/cmd/run-plugin"), folder, ...request.getArgsList()];
}

/** `NAME=value` lines as an environment. */
function environment(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
}

const server = new Server();
server.addService(service.LanguageRuntimeService, {
  handshake: (_: unknown, done: sendUnaryData<messages.LanguageHandshakeResponse>) => {
    done(null, new messages.LanguageHandshakeResponse());
  },
  getPluginInfo: (_: unknown, done: sendUnaryData<plugin.PluginInfo>) => {
    const info = new plugin.PluginInfo();
    info.setVersion("0.1.0");
    done(null, info);
  },
  // Plugins are found on PATH: the program names none to download.
  getRequiredPackages: (_: unknown, done: sendUnaryData<messages.GetRequiredPackagesResponse>) => {
    done(null, new messages.GetRequiredPackagesResponse());
  },
  installDependencies,
  run,
  runPlugin,
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
