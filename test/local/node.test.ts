import { spawn } from "node:child_process";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";

import { describe, expect, test, vi } from "vitest";

import { CHECKOUT, checkFarmName } from "../../local/directories";
import { call } from "../../local/node/api";
import { CERTIFICATES } from "../../local/node/certificates";
import { containerdConfig } from "../../local/node/container-runtime";
import { NODE_TOOLS, type NodeTools, specHash } from "../../local/node/daemon";
import { ADDRESSES, paths } from "../../local/node/layout";
import { checkMachine, missingPackages } from "../../local/node/machine";
import { isNamespace } from "../../local/node/namespace";
import { corefile } from "../../local/node/network";
import { checkPorts, listeners } from "../../local/node/ports";
import { findStray, isAlive, startTicks, stopProcess, ticksIn } from "../../local/node/process";
import { daemonSpecs } from "../../local/node/specs";
import { isStaticProgram } from "../../local/node/static-program";

const layout = { name: "test", state: "/state", run: "/run/test" };
const tools = Object.fromEntries(NODE_TOOLS.map((name) => [name, `/tools/${name}`])) as NodeTools;
const programs = { containerd: "/usr/bin/containerd", runc: "/usr/sbin/runc", cniPlugins: "/usr/lib/cni" };
const specs = daemonSpecs({ layout, tools, programs, sandboxImage: "monofarm.local/pause@sha256:0" });

describe("the daemons of a node", () => {
  test("come after those that they need", () => {
    const names = specs.map(({ name }) => name);
    for (const { name, needs } of specs) {
      for (const need of needs) expect(names.indexOf(need), `${name} needs ${need}`).toBeLessThan(names.indexOf(name));
    }
    expect(names.filter((name) => !specs.some((spec) => spec.needs.includes(name))).length).toBeGreaterThan(0);
  });

  test("never listen on the same port", () => {
    const ports = specs.flatMap((spec) => spec.ports);
    expect(new Set(ports).size).toBe(ports.length);
  });

  test("keep everything below their own folders", () => {
    for (const file of specs.flatMap(({ files }) => Object.keys(files))) expect(file).toMatch(/^\/(state|run\/test)\//);
    const text = containerdConfig(paths(layout), programs, "pause");
    expect(text).toContain('root = "/state/containerd"');
    expect(text).toContain('address = "/run/test/containerd/containerd.sock"');
  });

  test("are known to have changed by arguments, files, binary or certificates, and by nothing else", () => {
    const [spec] = specs;
    if (spec === undefined) throw new Error("no daemon");
    const facts = { bytes: 1, modified: 2 };
    const hash = specHash(spec, facts, "certificates");
    expect(specHash({ ...spec }, { ...facts }, "certificates")).toBe(hash);
    const changed = [
      specHash({ ...spec, args: [...spec.args, "--more"] }, facts, "certificates"),
      specHash({ ...spec, files: { "/state/x": "" } }, facts, "certificates"),
      specHash(spec, { ...facts, modified: 3 }, "certificates"),
      specHash(spec, facts, "others"),
    ];
    expect(new Set([hash, ...changed]).size).toBe(5);
  });
});

test("names of the cluster are answered by the cluster, all others by nobody", () => {
  const [cluster, others] = corefile(paths(layout)).split(/^\.:53/m);
  expect(cluster).toContain(`kubernetes ${ADDRESSES.clusterDomain}`);
  expect(cluster).not.toContain("NXDOMAIN");
  expect(others).toContain("rcode NXDOMAIN");
  expect(others).not.toContain("forward");
});

test("only the administrator is in the group that may do everything", () => {
  const masters = CERTIFICATES.filter(({ organization }) => organization === "system:masters");
  expect(masters.map(({ name }) => name)).toEqual(["admin"]);
  const clients = CERTIFICATES.filter(({ usage }) => usage.includes("clientAuth") && !usage.includes("serverAuth"));
  expect(clients.every(({ alternativeNames }) => alternativeNames === undefined)).toBe(true);
});

describe("a machine that cannot run a node", () => {
  const fit = { platform: "linux", uid: 0, cgroups: true };
  test.each([
    [{ ...fit, platform: "darwin" }, /machine: found darwin/],
    [{ ...fit, uid: 1000 }, /user: found uid 1000.*sudo/],
    [{ ...fit, cgroups: false }, /\/sys\/fs\/cgroup: found no cgroups/],
  ])("%j is told so, and what remains", (facts, line) => {
    expect(() => {
      checkMachine(facts);
    }).toThrow(line);
    expect(() => {
      checkMachine(facts);
    }).toThrow(/a cluster that exists \(stacks\/Pulumi\.kubernetes\.yaml\)/);
  });

  test("is no machine that has all of it", () => {
    expect(() => {
      checkMachine(fit);
    }).not.toThrow();
  });

  test("is told which Debian packages are missing, each once, emulation's only where it is wanted", () => {
    const nothing = () => false;
    expect(missingPackages(false, nothing)).toContain("containernetworking-plugins");
    expect(missingPackages(false, nothing)).not.toContain("qemu-user-static");
    expect(missingPackages(true, nothing)).toEqual(
      expect.arrayContaining(["arch-test", "binfmt-support", "qemu-user-static"]),
    );
    expect(missingPackages(true, () => true)).toEqual([]);
    expect(missingPackages(false, (path) => !path.includes("nft"))).toEqual(["nftables"]);
    expect(missingPackages(false, (_, mustBeStatic) => !mustBeStatic)).toEqual(["busybox-static", "tini"]);
  });
});

test.each(["Farm", "a/b", "..", "-a", "a-", "a".repeat(23)])("%j is no name of a farm", (name) => {
  expect(() => {
    checkFarmName(name);
  }).toThrow(`MONOFARM_NAME: found ${name}; allowed: letters in lower case`);
});

test.each(["", "2", "bench", "a-b"])("%j is a name of a farm", (name) => {
  expect(() => {
    checkFarmName(name);
  }).not.toThrow();
});

test("a static program is told from one that needs a dynamic linker, and from a script", () => {
  const esbuild = join(CHECKOUT, "node_modules", "@esbuild", `linux-${process.arch}`, "bin", "esbuild");
  expect(isStaticProgram(esbuild)).toBe(true);
  expect(isStaticProgram("/bin/ls")).toBe(false);
  expect(isStaticProgram("/usr/bin/ldd")).toBe(false);
});

test("a daemon is found though nobody recorded it", async () => {
  const argv = [process.execPath, "-e", "setInterval(() => undefined, 1000)", `stray-${process.pid}`];
  expect(findStray(argv)).toBeUndefined();
  const child = spawn(argv[0] ?? "", argv.slice(1), { stdio: "ignore" });
  await vi.waitFor(() => {
    expect(findStray(argv)).toBe(child.pid);
  });
  await stopProcess(child.pid ?? 0);
  expect(findStray(argv)).toBeUndefined();
});

test("a process is told from a later one with the same pid", () => {
  const ticks = startTicks(process.pid) ?? -1;
  const record = { pid: process.pid, startTicks: ticks, hash: "", since: "" };
  expect(ticks).toBeGreaterThan(0);
  expect(isAlive(record)).toBe(true);
  expect(isAlive({ ...record, startTicks: ticks + 1 })).toBe(false);
});

describe("a port", () => {
  test("that is listened on is told from one that is connected", () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:192B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 26712 1 0 100 0 0 10 0
   1: 0100007F:192C 0100007F:192B 01 00000000:00000000 00:00000000 00000000     0        0 26713 1 0 100 0 0 10 0
`;
    expect(listeners(table)).toEqual(new Map([[6443, "26712"]]));
    expect(listeners("")).toEqual(new Map());
  });

  test("that somebody has is one line which names the port and them", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const check = () => {
      checkPorts({ name: "etcd", ports: [port] });
    };
    expect(check).toThrow(
      new RegExp(
        `^port ${port} of the farm's network: found it taken by process ${process.pid} .*; allowed: .*for etcd`,
      ),
    );
    await new Promise((resolve) => server.close(resolve));
    expect(check).not.toThrow();
  });
});

test("a network namespace is told from the file that a reboot leaves of it", () => {
  expect(isNamespace("/proc/self/ns/net")).toBe(true);
  expect(isNamespace("/proc/self/status")).toBe(false);
  expect(isNamespace("/run/netns/monofarm-none")).toBe(false);
});

test.each(["POST", "PATCH", "DELETE"])(
  "the body of a %s arrives whole, and nothing of it in the next request",
  async (method) => {
    const server = createHttpServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => response.end(`${request.method ?? ""} ${body}`));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      const content = { type: "application/json", text: '{"ä":1}' };
      for (let i = 0; i < 2; i++) {
        expect(await call(method, url, content)).toEqual({ status: 200, body: `${method} {"ä":1}` });
      }
      expect(await call("GET", url)).toEqual({ status: 200, body: "GET " });
    } finally {
      server.close();
    }
  },
);
test.each([
  ["S", 9, 4711],
  ["Z", 1, undefined],
  ["Z", 2, 4711],
])("a process in state %s with %i threads began at %s", (state, threads, ticks) => {
  const between = (count: number) => Array.from({ length: count }, () => "0").join(" ");
  expect(ticksIn(`12 (a (name) b) ${state} ${between(16)} ${threads} 0 4711 ${between(20)}`)).toBe(ticks);
});
