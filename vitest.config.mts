import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The farm's tests tell one story on one cluster: in the order of their file names, one at a time. */
class ByName extends BaseSequencer {
  override sort(files: TestSpecification[]) {
    return Promise.resolve([...files].sort((a, b) => a.moduleId.localeCompare(b.moduleId)));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: ByName },
    projects: [
      {
        test: {
          name: "pure",
          include: ["test/**/*.test.ts"],
          exclude: ["test/{arm64,attacks,farm,faults,images}/**", "node_modules/**"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: "images", include: ["test/images/*.test.ts"], testTimeout: 1_800_000 } },
      ...["attacks", "faults", "farm", "arm64"].map((name) => ({
        test: {
          name,
          include: [`test/${name}/*.test.ts`],
          fileParallelism: false,
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      })),
    ],
  },
});
