/** `1200600` → `1,200,600`. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `0.05`, `12.3`, `1,234`. */
export function hour(value: number): string {
  return value >= 100 ? count(Math.round(value)) : value.toFixed(value < 1 ? 2 : 1);
}

/** One decimal, unless it is whole. */
export function mean(value: number): string {
  return Number.isInteger(value) ? count(value) : value.toFixed(1);
}

/** `$0.64`, `$1,470`. */
export function dollars(value: number): string {
  return value >= 100 ? `$${count(Math.round(value))}` : `$${value.toFixed(2)}`;
}
