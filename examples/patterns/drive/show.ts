const colours = process.stdout.isTTY && !process.env['NO_COLOR'];
const paint = (code: number) => (text: string) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text);

export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);
export const cyan = paint(36);

/** A heading with a free line above. */
export function heading(text: string, note = ''): void {
  console.log(`\n${bold(text)}${note && `  ${dim(note)}`}`);
}

/** Something that went in. */
export function sent(text: string): void {
  console.log(`  ${cyan('→')} ${clipped(text)}`);
}

/** What came out. */
export function got(text: string, milliseconds?: number): void {
  const time = milliseconds === undefined ? '' : `  ${dim(duration(milliseconds))}`;
  console.log(`  ${green('←')} ${clipped(text)}${time}`);
}

export function note(text: string): void {
  console.log(`    ${dim(text)}`);
}

/** Lines of two columns. */
export function table(rows: readonly (readonly [string, string])[]): void {
  const width = Math.max(...rows.map(([left]) => left.length));
  for (const [left, right] of rows) {
    console.log(`  ${left.padEnd(width)}  ${right}`);
  }
}

export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) {
    return `${(milliseconds / 1000).toFixed(1)} s`;
  }
  return milliseconds >= 10 ? `${Math.round(milliseconds)} ms` : `${milliseconds.toFixed(1)} ms`;
}

function clipped(text: string): string {
  return text.length > 150 ? `${text.slice(0, 147)}…` : text;
}
