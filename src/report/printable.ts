// What a tree's code wrote may hold escape sequences that move the cursor, retitle the window or hide a red line.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[PX^_][^\u001b]*\u001b\\|[ -/]*[0-~])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text that is safe on any terminal: escape sequences, controls but line feed and tab, and bidirectional overrides are gone. */
export function printable(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(sequences, '').replace(controls, '');
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}
