import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { planStore } from "../../components/buildbarn/capacity";
import { callers } from "../../components/buildbarn/configuration/identity";
import { KEYS_DIRECTORY } from "../../policies/predicates/identity";
import { ALLOW, configurationFile } from "../../components/buildbarn/configuration/server";
import {
  stateDirectory,
  STORAGE_DIRECTORY,
  storageConfiguration,
  STORES,
} from "../../components/buildbarn/configuration/storage";
import { API_SERVER } from "../../local/node/layout";
import { call } from "../../local/node/api";
import { presentTools } from "../../local/toolbox/toolbox";
import { tokenOf } from "../../test/farm/identities";
import { field } from "../../test/farm/protobuf";
import { digestOf, RemoteClient } from "../../test/farm/remote-execution";

/** Seconds of a call that finds out whether a blob is missing: of a server that takes everybody, and of one that asks. */
export interface TokenCheck {
  readonly open: number;
  readonly checked: number;
}

const MIB = 2 ** 20;
const CALLS = 2000;

/** Measures two storage programs side by side on this machine, with the farm's own configuration but for who may call. */
export async function tokenCheck(): Promise<TokenCheck> {
  const token = await tokenOf("worker", "storage");
  const open = await served(8991, 9991, true, () => secondsOf(new RemoteClient("127.0.0.1:8991")));
  const checked = await served(8992, 9992, false, () => secondsOf(new RemoteClient("127.0.0.1:8992", token)));
  return { open, checked };
}

async function secondsOf(client: RemoteClient): Promise<number> {
  const request = field(2, digestOf(Buffer.from("some blob")));
  const ask = () => client.call("ContentAddressableStorage/FindMissingBlobs", request);
  for (let index = 0; index < CALLS / 10; index++) await ask();
  const started = process.hrtime.bigint();
  for (let index = 0; index < CALLS; index++) {
    const { error } = await ask();
    if (error !== null) throw error;
  }
  return Number(process.hrtime.bigint() - started) / 1e9 / CALLS;
}

/** Runs a storage program in a folder of its own while something is measured. */
async function served<T>(port: number, diagnostics: number, isOpen: boolean, work: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "monofarm-bench-"));
  let child: ChildProcess | undefined;
  try {
    const jwks = await call("GET", `${API_SERVER}/openid/v1/jwks`);
    const discovery = JSON.parse((await call("GET", `${API_SERVER}/.well-known/openid-configuration`)).body) as {
      issuer: string;
    };
    writeFileSync(join(folder, "jwks"), jwks.body);
    writeFileSync(join(folder, "issuer"), discovery.issuer);
    for (const store of STORES)
      mkdirSync(join(folder, stateDirectory(store).slice(STORAGE_DIRECTORY.length)), { recursive: true });
    const demand = { sizeBytes: 512 * MIB, meanBlobBytes: 65_536, largestBlobBytes: 8 * MIB };
    const plans = { cas: planStore("cas", demand, "bench"), ac: planStore("ac", demand, "bench") };
    const configuration = storageConfiguration(plans, callers("monofarm", []));
    const [server] = configuration.grpcServers;
    const own = {
      ...configuration,
      grpcServers: [
        { ...server, listenAddresses: [`127.0.0.1:${port}`], ...(isOpen && { authenticationPolicy: ALLOW }) },
      ],
      contentAddressableStorage: {
        ...configuration.contentAddressableStorage,
        ...(isOpen && { findMissingAuthorizer: ALLOW }),
      },
    };
    const text = configurationFile(own)
      .replaceAll(`"${STORAGE_DIRECTORY}/`, `"${folder}/`)
      .replaceAll(`"${KEYS_DIRECTORY}/`, `"${folder}/`)
      .replaceAll(":9980", `127.0.0.1:${diagnostics}`);
    const file = join(folder, "storage.json");
    writeFileSync(file, text);
    const { bb_storage: program } = await presentTools();
    child = spawn(program.path, [file], { stdio: ["ignore", "ignore", "inherit"] });
    await sleep(2000);
    return await work();
  } finally {
    child?.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }
}
