import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

const dayMs = 24 * 60 * 60_000;

/** Removes what runs that were killed left in the state folder: tables of mounts, probes, half-made folders. */
export function sweepLeftovers(stateFolder: string): void {
  const home = path.join(stateFolder, 'sandbox');
  let names: readonly string[] = [];
  try {
    names = readdirSync(home).filter((name) => /^(mounts-|probe-|\.)/.test(name));
  } catch {
    return;
  }
  for (const name of names) {
    const at = path.join(home, name);
    const facts = statSync(at, { throwIfNoEntry: false });
    if (facts !== undefined && Date.now() - facts.mtimeMs > dayMs) rmSync(at, { recursive: true, force: true });
  }
}
