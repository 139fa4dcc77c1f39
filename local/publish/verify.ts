import { UserError } from "../../components/user-error";
import type { Progress } from "../terminal/progress";
import { atOnce } from "./at-once";
import type { Artifact } from "./judge";
import { contentKey } from "./repository";
import type { RepositoryStore } from "./store";

/** Artifacts that are read at once. */
const AT_ONCE = 8;

/** Bytes that come in a second from a store nearby: only an estimate until some have come. */
const BYTES_PER_SECOND = 50 * 2 ** 20;

/**
 * Reads every artifact to its end and holds its bytes against its digest.
 * @throws UserError for the first whose bytes are others, that is not there, or that claims another size than one of the
 * same digest
 */
export async function verify(
  store: Pick<RepositoryStore, "digest">,
  bucket: string,
  artifacts: readonly Artifact[],
  progress: Progress,
): Promise<void> {
  const sizes = new Map<string, Artifact>();
  for (const artifact of artifacts) {
    const { sha256, size, target } = artifact;
    const same = sizes.get(sha256) ?? artifact;
    if (same.size !== size)
      throw new UserError(
        `sha256 ${sha256} (${target.label})`,
        `${size} bytes`,
        `${same.size}, as of ${same.target.label}`,
      );
    sizes.set(sha256, same);
  }
  const total = [...sizes.values()].reduce((sum, { size }) => sum + size, 0);
  await progress.task("Hash artifacts", Math.ceil(total / BYTES_PER_SECOND), async (report) => {
    let [bytes, done] = [0, 0];
    const more = (count: number) => {
      bytes += count;
      report.fraction(total === 0 ? 1 : bytes / total);
    };
    await atOnce([...sizes.values()], AT_ONCE, async ({ sha256, size, target }) => {
      const found = await store.digest(bucket, contentKey(sha256), more);
      const where = `s3://${bucket}/${contentKey(sha256)} (${target.label})`;
      if (found === undefined) throw new UserError(where, "nothing", `${size} bytes`);
      if (found.sha256 !== sha256 || found.size !== size)
        throw new UserError(where, `${found.size} bytes of sha256 ${found.sha256}`, `${size} bytes of that digest`);
      done += 1;
      report.note(`(${done} of ${sizes.size})`);
    });
  });
}
