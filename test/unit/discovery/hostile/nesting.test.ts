import { describe, expect, it } from 'vitest';
import { mapTables, routesIn, sharedReading, sharedRoutes, traceIn } from '../../../../src/discovery/index.ts';
import { filesOf, readingOf } from '../../../rig/reading.ts';

const head =
  "import express from 'express';\nimport mongoose from 'mongoose';\nconst app = express();\napp.get('/fine', (q, s) => s.end());\n";
const full = process.env.BEXPERT_TEST === 'full';
const kinds: readonly (readonly [name: string, before: string, unit: string, after: string])[] = [
  ['calls in a chain', 'a', '\n.b()', ''],
  ['routes in a chain', 'app', "\n.get('/x', h)", ''],
  ['functions that give functions', '', 'a=>\n', '1'],
  ['texts that are joined', '"a"', '\n+"b"', ''],
  ['else after else', '', 'if(a);else \n', 'b()'],
  ['negations', '', '!\n', '1'],
];
const more: typeof kinds = [
  ['questions', '', 'a?\n1:\n', '1'],
  ['conditions', '', 'if(a)\n', 'b()'],
  ['alternatives', 'a', '\n||b', ''],
  ['assignments', '', 'a=\n', '1'],
  ['labels', '', 'a:\n', 'b()'],
  ['types', 'type X = ', 'A<\n', ''],
  ['calls of calls', 'a', '()\n', ''],
  ['elements', 'a', '\n[0]', ''],
  ['what is waited for', '', 'await \n', 'fetch("x")'],
];
const places: readonly (readonly [string, (code: string) => string])[] = [
  ['a constant', (code) => `const x = ${code};`],
  ['middleware', (code) => `app.use(${code});`],
  ['a path', (code) => `app.get(${code}, h);`],
  ['a handler', (code) => `app.get('/p', async (q, s) => {\n ${code}\n});`],
];

describe.each(full ? [...kinds, ...more] : kinds)('%s, thousands deep', (_, before, unit, after) => {
  it.each(full ? places : places.slice(1, 3))('as %s: the map is there', async (__, placed) => {
    for (const deep of full ? [1500, 6000] : [1000]) {
      const tree = filesOf({ 'deep.ts': head + placed(before + unit.repeat(deep) + after), 'other.ts': head });
      const reading = await sharedReading({ tree });
      const { routes, notUnderstood } = await sharedRoutes(reading);
      await traceIn(reading, { routes });
      await mapTables({ tree, scope: '', migrations: [], more: [], signal: new AbortController().signal, progress() {} });
      expect(routes.map(({ path, registered }) => `${path} ${registered.file}`)).toContain('/fine other.ts');
      const said = [...reading.trouble, ...notUnderstood].some(({ file }) => file === 'deep.ts');
      expect(said || routes.some(({ registered }) => registered.file === 'deep.ts')).toBe(true);
    }
  });
});

it('an adapter that fails loses its own part only, and it is said that this is a bug', async () => {
  const reading = await readingOf({ 'a.ts': head });
  const fails = (): never => {
    throw new TypeError('x is undefined');
  };
  const stack = { name: 'bad', language: 'ecma', marks: ['express'], present: () => true, read: fails, knownFrom: '' } as const;
  expect(routesIn(reading, [stack]).notUnderstood.map(({ why }) => why)).toContain(
    'routes of bad are not in the map: reading them failed, which is a bug in bexpert: x is undefined',
  );
});

it('an adapter that goes too deep loses its own routes only, and that is said', async () => {
  const reading = await readingOf({ 'a.ts': head });
  const deep = (): never => deep();
  const stack = { name: 'deep', language: 'ecma', marks: ['express'], present: () => true, read: deep, knownFrom: '' } as const;
  expect(routesIn(reading, [stack]).notUnderstood).toMatchObject([
    { file: 'a.ts', why: 'routes of deep are not in the map: some code is nested too deep to be followed', stack: 'deep' },
  ]);
});
