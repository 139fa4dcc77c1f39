import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";

interface Remembered {
  readonly size: number;
  readonly modified: number;
  readonly inode: number;
  readonly sha256: string;
}

/** SHA-256 of files, remembered in a file for as long as size, time of change and inode stay the same. */
export class Digests {
  private remembered: Record<string, Remembered> | undefined;

  constructor(private readonly memory: string) {}

  /**
   * The digest of a file, in hex.
   * @param fresh reads the file even when its digest is remembered
   */
  async sha256(file: string, fresh = false): Promise<string> {
    const { size, mtimeMs: modified, ino: inode } = statSync(file);
    const known = this.load()[file];
    const same = known?.size === size && known.modified === modified && known.inode === inode;
    if (known !== undefined && same && !fresh) return known.sha256;
    const hash = createHash("sha256");
    await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
    const sha256 = hash.digest("hex");
    this.load()[file] = { size, modified, inode, sha256 };
    this.save();
    return sha256;
  }

  private load(): Record<string, Remembered> {
    this.remembered ??= read(this.memory);
    return this.remembered;
  }

  private save(): void {
    mkdirSync(dirname(this.memory), { recursive: true });
    const temporary = `${this.memory}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify(this.remembered));
    renameSync(temporary, this.memory);
  }
}

/** Starts anew when the memory is absent or damaged: the files themselves are what counts. */
function read(memory: string): Record<string, Remembered> {
  try {
    return JSON.parse(readFileSync(memory, "utf8")) as Record<string, Remembered>;
  } catch {
    return {};
  }
}
