import { describe, expect, it } from 'vitest';
import type { Found, TableFound } from '../../../../src/discovery/render/found.ts';
import { htmlOf } from '../../../../src/discovery/render/html.ts';
import { markdownOf } from '../../../../src/discovery/render/markdown.ts';
import { mermaidOf } from '../../../../src/discovery/render/mermaid.ts';

const table = (name: string, columns: readonly string[], to?: string): TableFound => ({
  name,
  columns: columns.map((column) => ({ name: column, type: 'character varying(40)', nullable: column !== 'id' })),
  'primary-key': { columns: ['id'] },
  uniques: [{ columns: ['email'] }],
  'foreign-keys': to === undefined ? [] : [{ columns: [`${to}_id`], table: to, references: ['id'] }],
  file: 'migrations/1.sql',
});
const place = { file: 'src/<app>.js', line: 3 };
const found: Found = {
  schema: {
    tables: [table('users', ['id', 'email']), table('sales.orders', ['id', 'users_id'], 'users')],
    enums: [{ name: 'state', values: ['open', 'paid'] }],
    views: [],
    relations: [
      { from: 'sales.orders', to: 'users', kind: 'many-to-one', columns: ['users_id'], optional: true, through: null },
      { from: 'users', to: 'tags', kind: 'many-to-many', columns: [], optional: true, through: 'users' },
    ],
    migrations: [{ file: 'migrations/1.sql', does: ['creates table users'], down: null }],
    'not-understood': [{ file: 'a.sql', line: null, what: 'do `$$`', why: 'it is a block' }],
  },
  contracts: {
    routes: [
      {
        method: 'GET',
        path: '/users/{id}',
        framework: 'express',
        handler: place,
        auth: [{ by: 'jwt', scopes: ['a', 'b'] }],
        request: null,
        response: null,
      },
      { method: 'GET', path: '/orders', framework: 'express', handler: place, auth: [], request: null, response: null },
    ],
    operations: [{ method: 'GET', path: '/orders', at: place }],
    undocumented: [{ method: 'GET', path: '/users/{id}', at: place }],
    unrouted: [],
    differences: [],
    'not-understood': [],
  },
  io: {
    findings: [
      {
        rule: 'query-in-loop',
        file: 'src/store.js',
        line: 9,
        code: 'db.query(`select <x>`)',
        what: 'db.query runs in a loop.',
        why: 'It adds up.',
        hint: 'Ask once.',
        routes: ['GET /orders'],
        chain: [{ name: 'list', file: 'src/routes.js', line: 4 }],
      },
    ],
    'not-understood': [],
  },
};

describe('the map as Markdown', () => {
  it('counts, lists, and says what is not understood', () => {
    const page = markdownOf(found, 'orders');
    expect(page).toContain('2 tables, 2 relations, 1 migration (1 without a way back).');
    expect(page).toContain('| GET | `/users/{id}` | `src/<app>.js:3` | `jwt(a, b)` | no |');
    expect(page).toContain('`` db.query(`select <x>`) ``');
    expect(page).toContain('Reached by `GET /orders`: `list` (`src/routes.js:4`).');
    expect(page).toContain('- `a.sql`: it is a block — `` do `$$` ``');
  });
  it('puts first what the goal names', () => {
    const routes = (goal: string) =>
      [...markdownOf(found, 'x', { goal }).matchAll(/^\| GET \| `([^`]+)`/gm)].map(([, path]) => path);
    expect(routes('')).toEqual(['/users/{id}', '/orders']);
    expect(routes('cancel an order')).toEqual(['/orders', '/users/{id}']);
  });
  it('keeps within the tokens, and says what is left out', () => {
    const tables = Array.from({ length: 300 }, (_, n) => table(`table_${n}`, ['id', 'email']));
    const large: Found = { schema: { ...(found.schema as NonNullable<Found['schema']>), tables } };
    const page = markdownOf(large, 'x', { maxTokens: 1000 });
    expect(page.length).toBeLessThan(4000);
    expect(page).toMatch(/\(2\d\d more are left out\)/);
    expect(page).not.toContain('erDiagram');
  });
});

describe('GraphQL in the map', () => {
  const place = { file: 'a.ts', line: 3 };
  const field = { type: 'Book!', arguments: [{ name: 'id', type: 'ID!' }], at: place, auth: [{ by: 'Jwt', scopes: [] }] };
  const graphql = {
    queries: [{ ...field, name: 'book', resolver: { file: 'b.ts', line: 9 } }],
    mutations: [{ ...field, name: 'lend', resolver: null }],
    subscriptions: [],
    types: [{ name: 'Book' }],
  };
  const contracts = { ...(found.contracts as NonNullable<Found['contracts']>), graphql };
  it('lists its fields with who answers them', () => {
    const page = markdownOf({ contracts }, 'x');
    expect(page).toContain('1 query, 1 mutation, 0 subscriptions, 1 type.');
    expect(page).toContain('| query | `book(id: ID!): Book!` | `b.ts:9` | `Jwt` |');
    expect(page).toContain('| mutation | `lend(id: ID!): Book!` | `a.ts:3` | `Jwt` |');
    expect(htmlOf({ contracts }, 'x')).toContain('<td>query</td><td><code>book(id: ID!): Book!</code></td>');
  });
});

describe('the map as Mermaid', () => {
  it('draws tables with their keys, and relations with their ends', () => {
    expect(mermaidOf(found)).toBe(`erDiagram
  users {
    character_varying(40) id PK
    character_varying(40) email UK
  }
  "sales.orders" {
    character_varying(40) id PK
    character_varying(40) users_id FK
  }
  "sales.orders" }o--o| users : "users_id"
`);
  });
  it('draws routes and what they reach where no schema is asked for', () => {
    const { contracts, io } = found;
    expect(
      mermaidOf({ ...(contracts === undefined ? {} : { contracts }), ...(io === undefined ? {} : { io }) }).split('\n'),
    ).toEqual([
      'flowchart LR',
      '  n1["GET /users/#123;id#125;"]',
      '  n2["src/#60;app#62;.js"]',
      '  n1 --> n2',
      '  n3["GET /orders"]',
      '  n3 --> n2',
      '  n4["list"]',
      '  n3 --> n4',
      '  n5["query-in-loop src/store.js:9"]',
      '  n4 --> n5',
      '',
    ]);
  });
});

describe('the map as a page', () => {
  it('holds no script and asks for nothing from elsewhere', () => {
    const page = htmlOf(found, '<orders>');
    expect(page).not.toMatch(/<script|<link|src=|href=|https?:/);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('<title>Map of &lt;orders&gt;</title>');
    expect(page).toContain('<code>src/&lt;app&gt;.js:3</code>');
  });
  it('draws each table as a box, and each relation between two of them as a line', () => {
    const page = htmlOf(found, 'orders');
    expect(page.match(/<rect /g)).toHaveLength(2);
    expect(page.match(/<line /g)).toHaveLength(1);
    expect(page).toContain('<title>sales.orders (users_id) many-to-one users</title>');
  });
});
