import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ensureImages, type Image } from "../../local/images/images";
import { pushImages } from "../../local/images/push";
import { withRegistry } from "../../local/images/registry";
import { bundlePrograms } from "../../local/release/bundle";
import { run } from "../../local/run";
import { StreamProgress } from "../../local/terminal/progress";
import { presentTools } from "../../local/toolbox/toolbox";

interface Config {
  readonly architecture: string;
  readonly config: { readonly User: string; readonly Entrypoint?: readonly string[] };
}

describe("the farm's small images, pushed to a registry on loopback", () => {
  const folder = mkdtempSync(join(tmpdir(), "monofarm-push-"));
  const progress = new StreamProgress();
  let crane: string;
  let images: readonly Image[];
  beforeAll(async () => {
    const tools = await presentTools();
    crane = tools.crane.path;
    const all = await ensureImages(tools, await bundlePrograms(), ["amd64"], progress);
    images = all.filter(({ name }) => ["pause", "buildbarn", "prometheus"].includes(name));
    expect(images).toHaveLength(3);
  }, 1_800_000);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("are there by the digests that the farm here runs, whole, and pushed once", async () => {
    await withRegistry(crane, async (registry) => {
      const pushed = await pushImages(crane, `${registry}/farm`, images, progress);
      expect(pushed.map(({ name, pushed }) => [name, pushed])).toEqual([
        ["buildbarn", true],
        ["prometheus", true],
      ]);
      for (const { name, reference } of pushed) {
        const [base, digest] = reference.split("@") as [string, string];
        expect(base).toBe(`${registry}/farm/monofarm/${name}`);
        expect(images.map((image) => image.reference)).toContain(`monofarm.local/${name}@${digest}`);
        // Reads every layer, and holds it against its digest.
        await run(crane, ["validate", "--remote", reference]);
        const { architecture, config } = JSON.parse(await run(crane, ["config", reference])) as Config;
        expect([architecture, config.User]).toEqual(["amd64", "65532:65532"]);
      }
      const again = await pushImages(crane, `${registry}/farm`, images, progress);
      expect(again).toEqual(pushed.map((image) => ({ ...image, pushed: false })));
    });
  });

  test("come back by digest as the files that they were made of", async () => {
    await withRegistry(crane, async (registry) => {
      const pushed = await pushImages(crane, registry, images, progress);
      const { reference } = pushed.find(({ name }) => name === "prometheus") ?? { reference: "none" };
      const tar = join(folder, "prometheus.tar");
      await run(crane, ["export", reference, tar]);
      await run("tar", ["--extract", `--file=${tar}`, "--directory", folder, "usr/local/bin/prometheus"]);
      const { prometheus } = await presentTools();
      const [back, here] = [join(folder, "usr/local/bin/prometheus"), prometheus.path].map((file) =>
        readFileSync(file),
      );
      expect(here !== undefined && back?.equals(here)).toBe(true);
    });
  });

  test("are refused where their tag is another image's, and nothing moves", async () => {
    await withRegistry(crane, async (registry) => {
      const [buildbarn, prometheus] = ["buildbarn", "prometheus"].map((name) =>
        images.filter((image) => image.name === name),
      ) as [Image[], Image[]];
      const [other] = await pushImages(crane, registry, prometheus, progress);
      const tag = buildbarn[0]?.reference.split("@sha256:")[1] ?? "";
      const tagged = `${registry}/monofarm/buildbarn:${tag}`;
      await run(crane, ["copy", other?.reference ?? "", tagged]);
      const before = await run(crane, ["digest", tagged]);
      await expect(pushImages(crane, registry, buildbarn, progress)).rejects.toThrow(
        new RegExp(`^${tagged}: found ${before.trim()}; allowed: sha256:${tag}`),
      );
      expect(await run(crane, ["digest", tagged])).toBe(before);
    });
  });

  test("are refused in one line where no registry answers", async () => {
    await expect(pushImages(crane, "127.0.0.1:1", images, progress)).rejects.toThrow(
      /^127\.0\.0\.1:1\/monofarm\/buildbarn:\S+ found .*connection refused.*; allowed: a registry that takes it/,
    );
  });
});
