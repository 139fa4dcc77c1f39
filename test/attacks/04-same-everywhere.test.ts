import { randomUUID } from "node:crypto";

import { expect, test } from "vitest";

import { WORKER_CLASSES } from "../../components/buildbarn/worker-class";
import { kubeRequest } from "../../local/node/api";
import { frontendClient, platform } from "../farm/identities";

/** What an action can see that could differ from worker to worker, and what it sees on all of them. */
const SEEN: readonly (readonly [what: string, command: string, seen: string | RegExp])[] = [
  ["the name of the machine", "hostname", "worker"],
  ["the names that it knows", "cat /etc/hosts", "127.0.0.1 localhost"],
  ["where names are asked for", "cat /etc/resolv.conf", ""],
  ["the user", "id -u; id -g; id -G", "65534\n65534\n65534"],
  ["the umask", "umask", "0022"],
  ["the clock's zone", "date +%Z", "UTC"],
  ["the locale", "locale 2>/dev/null | grep LC_CTYPE", 'LC_CTYPE="POSIX"'],
  [
    "the environment",
    "env | sort | grep -v ^_=",
    /^BUILD=[^\n]*\nPATH=\/usr\/bin:\/bin\nPWD=\/worker\/build\/[0-9a-f]{16}\/root$/,
  ],
  [
    "what it may write beside its own folder",
    "for d in / /bb /config /etc /run /usr /worker; do test -w $d && echo $d; done; :",
    "",
  ],
  [
    "temporary directories",
    "ls -A /tmp /var/tmp /dev/shm /dev/mqueue",
    "/dev/mqueue:\n\n/dev/shm:\n\n/tmp:\n\n/var/tmp:",
  ],
  [
    "processes",
    'names=$(for p in /proc/[0-9]*; do read -r n <$p/comm && echo $n; done); echo "$names" | sort -u',
    "bb_runner\nsh\ntini",
  ],
];

const EVERYWHERE = SEEN.flatMap((row) => WORKER_CLASSES.map((workerClass) => [workerClass, ...row] as const));

test.each(EVERYWHERE)(
  "an action of a %s worker sees the same everywhere: %s",
  async (workerClass, _, command, seen) => {
    const { stdout } = await (
      await frontendClient()
    ).execute({
      arguments: ["/bin/sh", "-c", command],
      environment: { PATH: "/usr/bin:/bin", BUILD: randomUUID() },
      platform: await platform("amd64", workerClass),
      // What may be cached has a directory that its digest names; anything else a number.
      cached: true,
    });
    if (typeof seen === "string") expect(stdout.trim()).toBe(seen);
    else expect(stdout.trim()).toMatch(seen);
  },
);

test("the image that runs is the one that the platform names", async () => {
  interface Pods {
    readonly items: readonly {
      readonly status: {
        readonly initContainerStatuses: readonly {
          readonly name: string;
          readonly image: string;
          readonly imageID: string;
        }[];
      };
    }[];
  }
  const path = "/api/v1/namespaces/monofarm/pods?labelSelector=app.kubernetes.io%2Fname%3Dworker";
  const { items } = await kubeRequest<Pods>("GET", path);
  const runners = items.flatMap(({ status }) => status.initContainerStatuses).filter(({ name }) => name === "runner");
  expect(runners.length).toBeGreaterThan(0);
  const property = (await platform())["container-image"] ?? "";
  for (const { imageID, image } of runners) expect([`docker://${imageID}`, `docker://${image}`]).toContain(property);
});
