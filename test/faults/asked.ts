/** All faults, not only those that a test of every day has time for. */
export const LONG = process.env["MONOFARM_LONG"] === "1";

/** Faults that change the machine's clock, too. */
export const CLOCK = process.env["MONOFARM_CLOCK"] === "1";
