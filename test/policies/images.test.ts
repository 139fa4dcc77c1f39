import { expect, test } from "vitest";

import type { Declared } from "./golden";
import { judge } from "./judge";
import { mutate } from "./mutants";
import { REFERENCES } from "./walls";

test.each(REFERENCES)("%j counts as pinned in a worker's platform, too: %s", (reference, isPinned) => {
  const path = "data[worker.json]|buildDirectories.0.runners.0.platform.properties.3.value";
  const own = mutate("worker-config", path, `docker://${reference}`)["worker-config"] as Declared;
  expect(judge({ own }).every(({ rule }) => rule !== "H22")).toBe(isPinned);
});
