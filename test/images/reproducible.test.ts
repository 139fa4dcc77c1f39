import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, test, vi } from "vitest";

import { CACHE } from "../../local/directories";
import { ensureImages, references } from "../../local/images/images";
import { bundlePrograms } from "../../local/release/bundle";
import { StreamProgress } from "../../local/terminal/progress";
import { presentTools } from "../../local/toolbox/toolbox";

const empty = mkdtempSync(join(CACHE, "made-anew-"));

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(empty, { recursive: true, force: true });
});

test("every image, made anew from nothing but its pins, has the digest that the farm runs", async () => {
  const [tools, runner, progress] = [await presentTools(), await bundlePrograms(), new StreamProgress()];
  const farms = references(await ensureImages(tools, runner, ["amd64"], progress));
  expect(Object.keys(farms).sort()).toEqual(["buildbarn", "client", "pause", "prometheus", "s3", "worker"]);

  vi.stubEnv("MONOFARM_CACHE", empty);
  vi.resetModules();
  const fresh = await import("../../local/images/images");
  const images = await fresh.ensureImages(tools, runner, ["amd64"], progress);
  for (const { tar } of images) expect(tar).toMatch(new RegExp(`^${empty}/`));
  expect(fresh.references(images)).toEqual(farms);
});
