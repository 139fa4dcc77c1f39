import { table } from "../../local/terminal/table";

/** How an attack ended. */
export interface Attack {
  readonly attack: string;
  /** What stands in its way. */
  readonly wall: string;
  readonly succeeded: boolean;
  /** Whether the same succeeded with the wall taken away; undefined where it cannot be, by itself. */
  readonly control: boolean | undefined;
}

/** Attacks as they were tried, and a table of them. */
export class Score {
  private readonly attacks: Attack[] = [];

  constructor(private readonly from: string) {}

  add(attack: Attack): void {
    this.attacks.push(attack);
  }

  table(): string {
    const columns = ["ATTACK", "WALL", "SUCCEEDED", "WITHOUT THE WALL"].map((heading) => ({ heading }));
    const rows = this.attacks.map(({ attack, wall, succeeded, control }) => [
      attack,
      wall,
      succeeded ? "YES" : "no",
      control === undefined ? "not tried" : control ? "yes" : "NO",
    ]);
    const successes = this.attacks.filter(({ succeeded }) => succeeded).length;
    const controls = this.attacks.filter(({ control }) => control === true).length;
    return `\n${table(columns, rows)}\n\nAttacks by ${this.from}: ${this.attacks.length} tried, ${successes} succeeded; ${controls} succeed without the wall\n`;
  }
}
