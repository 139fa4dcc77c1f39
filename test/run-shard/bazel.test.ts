import { describe, expect, test } from "vitest";

import { bazelArguments, places } from "../../components/matrix/run-shard/bazel";
import { readSettings } from "../../components/matrix/run-shard/settings";

const image = (digit: string) => `registry/worker@sha256:${digit.repeat(64)}`;

describe("Bazel in a shard's pod", () => {
  const given = bazelArguments({
    places: places("/work"),
    architecture: "arm64",
    labels: ["//a:b", "//c:d"],
    frontend: "grpc://frontend.monofarm:8980",
    workerImages: { amd64: image("1"), arm64: image("2") },
    workerClasses: ["narrow", "wide"],
    memory: 2 * 2 ** 30,
  });

  test("is given its platform, the farm, the images of every platform, and labels last", () => {
    expect(given).toEqual(
      expect.arrayContaining([
        "--config=linux-arm64",
        "--remote_executor=grpc://frontend.monofarm:8980",
        `--repo_env=MONOFARM_WORKER_IMAGE_AMD64=${image("1")}`,
        `--repo_env=MONOFARM_WORKER_IMAGE_ARM64=${image("2")}`,
        "--repo_env=MONOFARM_WORKER_CLASSES=narrow,wide",
      ]),
    );
    expect(given.slice(-3)).toEqual(["--", "//a:b", "//c:d"]);
  });

  test("reads no rc file but the workspace's, and is told what Debian's own would say", () => {
    expect(given.slice(0, given.indexOf("build"))).toEqual(
      expect.arrayContaining([
        "--nosystem_rc",
        "--nohome_rc",
        "--install_base=/usr/share/bazel",
        "--trust_install_base",
      ]),
    );
  });

  test("takes six tenths of the pod's memory for its heap", () => {
    expect(given).toContain("--host_jvm_args=-Xmx1228m");
  });

  test("sees where it is, and none of the pod's keys", () => {
    const seen = { PATH: "/usr/bin", HOME: "/home/client", TZ: "UTC" };
    const { bazelEnvironment, workerClasses } = readSettings({
      ...seen,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "id",
      AWS_SECRET_ACCESS_KEY: "secret",
      MONOFARM_FRONTEND: "grpc://frontend:8980",
      MONOFARM_S3: "http://s3:7070",
      MONOFARM_RELEASE: "r",
      MONOFARM_JOB: "j",
      MONOFARM_JOB_DIGEST: "0".repeat(64),
      JOB_COMPLETION_INDEX: "0",
      MONOFARM_WORKER_CLASSES: "narrow",
    });
    expect(bazelEnvironment).toEqual(seen);
    expect(workerClasses).toEqual(["narrow"]);
  });
});
