// What an adapter finds in a folder, and what the framework itself said about the same folder.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { NotUnderstood } from '../../../../src/discovery/contract/place.ts';
import type { Stack } from '../../../../src/discovery/contract/reading.ts';
import { filesIn } from '../../../../src/discovery/files/folder.ts';
import { openReading } from '../../../../src/discovery/reading.ts';

const root = path.resolve(import.meta.dirname, '../../../..');
export const fixture = (name: string): string => path.join(root, 'plugins', name);

export async function readWith<Found>(stack: Stack<Found>, folder: string) {
  const reading = await openReading({ tree: filesIn(folder), stacks: [stack] });
  const said: NotUnderstood[] = [];
  const found = stack.read(reading, (what) => said.push(what));
  return { present: stack.present(reading), found, said };
}

export const routeKey = (route: { readonly method: string; readonly path: string }): string => `${route.method} ${route.path}`;
export function trueRoutes(folder: string): readonly string[] {
  const { routes } = JSON.parse(readFileSync(path.join(folder, 'truth.json'), 'utf8')) as {
    readonly routes: readonly { readonly method: string; readonly path: string }[];
  };
  return routes.map(routeKey).sort();
}
