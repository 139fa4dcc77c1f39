const LENGTH_DELIMITED = 2;

/** A field of a protobuf message: text, bytes or a message; or a whole number. */
export function field(number: number, value: string | Buffer | number): Buffer {
  if (typeof value === "number") return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | LENGTH_DELIMITED), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 0x80)) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** A message as it was read: the values of each field, in order. */
export class Message {
  private readonly fields = new Map<number, (Buffer | number)[]>();

  constructor(bytes: Buffer) {
    let at = 0;
    const next = () => {
      for (let [value, shift] = [0, 0]; ; shift += 7) {
        const byte = bytes[at++] ?? 0;
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return value;
      }
    };
    while (at < bytes.length) {
      const key = next();
      const length = key & 7 ? next() : 0;
      const value = key & 7 ? bytes.subarray(at, (at += length)) : next();
      this.fields.set(key >> 3, [...(this.fields.get(key >> 3) ?? []), value]);
    }
  }

  number(field: number): number {
    const value = this.fields.get(field)?.at(-1) ?? 0;
    return typeof value === "number" ? value : 0;
  }

  bytes(field: number): Buffer {
    const value = this.fields.get(field)?.at(-1);
    return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
  }

  text(field: number): string {
    return this.bytes(field).toString();
  }

  message(field: number): Message {
    return new Message(this.bytes(field));
  }

  messages(field: number): Message[] {
    return (this.fields.get(field) ?? []).filter((value) => Buffer.isBuffer(value)).map((bytes) => new Message(bytes));
  }
}
