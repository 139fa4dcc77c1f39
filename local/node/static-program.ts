import { closeSync, openSync, readSync } from "node:fs";

/** Type of the program header that names a dynamic linker (`PT_INTERP` of elf.h). */
const INTERPRETER = 3;

/**
 * Whether a program needs no dynamic linker, so that it runs where no library is.
 * @returns false too for what is no 64-bit ELF file
 */
export function isStaticProgram(file: string): boolean {
  const head = Buffer.alloc(4096);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, head, 0, head.length, 0);
  } finally {
    closeSync(descriptor);
  }
  if (head.toString("latin1", 0, 4) !== "\x7fELF" || head[4] !== 2) return false;
  const [offset, size, count] = [Number(head.readBigUInt64LE(32)), head.readUInt16LE(54), head.readUInt16LE(56)];
  const types = Array.from({ length: count }, (_, i) => offset + i * size)
    .filter((at) => at + 4 <= head.length)
    .map((at) => head.readUInt32LE(at));
  return types.length > 0 && !types.includes(INTERPRETER);
}
