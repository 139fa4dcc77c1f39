import { expect, test } from "vitest";

import { imagesSlice } from "../../stacks/config/farm";
import type { Declared } from "./golden";
import { judge } from "./judge";
import { mutate } from "./mutants";

const HEX = "0123456789abcdef".repeat(4);

const REFERENCES: readonly (readonly [string, boolean])[] = [
  [`registry.example/worker@sha256:${HEX}`, true],
  [`registry.example:5000/a/b:1.2@sha256:${HEX}`, true],
  [`worker:1.2`, false],
  [`worker`, false],
  [``, false],
  [`worker@sha256:${HEX.slice(1)}`, false],
  [`worker@sha256:${HEX}0`, false],
  [`worker@sha256:${HEX.toUpperCase()}`, false],
  [`worker@sha512:${HEX}`, false],
  [`worker@sha256:${HEX} `, false],
  [`worker@sha256:${HEX}\n`, false],
];

const finds = (rule: string, declared: Record<string, Declared>, resource: string) =>
  judge({ own: declared[resource] as Declared }).some((found) => found.rule === rule);

test.each(REFERENCES)("%j counts as pinned, by configuration, by pods and by platforms: %s", (reference, isPinned) => {
  const images = { buildbarn: reference, client: `c@sha256:${HEX}`, workers: {} };
  expect(imagesSlice.safeParse(images).success, "monofarm:images").toBe(isPinned);
  const pod = mutate("scheduler", "spec.template.spec.containers.0.image", reference);
  expect(!finds("H01", pod, "scheduler"), "H01").toBe(isPinned);
  const path = "data[worker.json]|buildDirectories.0.runners.0.platform.properties.2.value";
  expect(!finds("H22", mutate("worker-config", path, `docker://${reference}`), "worker-config"), "H22").toBe(isPinned);
});
