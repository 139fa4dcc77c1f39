/**
 * 32 bits of a text, the same on every machine and version of Node.js: FNV-1a with a finishing mix (murmur3's), so
 * that labels which differ in their last character spread over all bits. Not for secrets.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return mix(hash);
}

/** Score of one shard for one item (highest wins): each shard's is independent of how many there are. */
export function score(item: number, shard: number): number {
  return mix(item ^ Math.imul(shard + 1, 0x9e3779b9));
}

/** 0 ≤ fraction < 1 from 32 bits. */
export function fraction(hash: number): number {
  return (hash >>> 0) / 2 ** 32;
}

function mix(value: number): number {
  let hash = value;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}
