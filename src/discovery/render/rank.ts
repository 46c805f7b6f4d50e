// What matters to a goal comes first: found by the words that the goal shares with names.

/** What is ranked. */
export interface Ranked {
  /** Its own name or path: `order_lines`, `POST /orders/{id}/lines`. */
  readonly name: string;
  /** Names within it: columns, properties, functions on the way. */
  readonly parts: readonly string[];
  /** Names of others that it belongs to: tables that it points to. */
  readonly near?: readonly string[];
}

/** Words that say nothing of which part of a program is meant. */
const empty = new Set(
  'a an the and or of to in on for with by from at as is are be it its this that every each all any new add give make let change remove drop must may can should not no into get set put post delete patch so when than then we our id'.split(
    ' ',
  ),
);

/** `deliveries`, `delivery` and `delivered` are one word: as much of the Porter stemmer as names need. */
export function stemOf(word: string): string {
  const plural = word
    .replace(/ies$/, 'y')
    .replace(/(ss|us|sh|ch|x|z)es$/, '$1')
    .replace(/([^su])s$/, '$1');
  const bare = plural.replace(/(ing|ed)$/, '');
  return (bare.length >= 3 ? bare : plural).replace(/[ey]$/, '').replace(/i$/, '');
}

/** The words of a text or a name, `camelCase` and `snake_case` split, without those that say nothing. */
export function wordsOf(text: string): readonly string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1 && !empty.has(word))
    .map(stemOf);
}

const hits = (names: Iterable<string>, goal: ReadonlySet<string>): number =>
  new Set([...names].flatMap(wordsOf).filter((word) => goal.has(word))).size;

/**
 * The items, those that the goal is about first: a word of the goal in the name counts three times what it counts in a part, and what
 * belongs to something that the goal names follows it. Of two names the one that the goal names wholly comes first. Equal ones keep their order; so do all where the goal names nothing.
 */
export function byGoal<Item>(goal: string, items: readonly Item[], describe: (item: Item) => Ranked): readonly Item[] {
  const asked = new Set(wordsOf(goal));
  if (asked.size === 0) return items;
  const all = items.map((item) => {
    const { name, parts, near = [] } = describe(item);
    const named = hits([name], asked);
    const wholly = named / Math.max(1, new Set(wordsOf(name)).size);
    return { item, name, near, named, own: 3 * named + wholly + hits(parts, asked) };
  });
  const named = new Map(all.map(({ name, named: count }) => [name, count]));
  const pointed = new Map<string, number>();
  for (const { named: count, near } of all)
    for (const other of near) pointed.set(other, Math.max(pointed.get(other) ?? 0, count));
  const score = ({ name, near, own }: (typeof all)[number]): number =>
    own + Math.max(0, pointed.get(name) ?? 0, ...near.map((other) => named.get(other) ?? hits([other], asked)));
  return all
    .map((one, order) => ({ item: one.item, score: score(one), order }))
    .sort((a, b) => b.score - a.score || a.order - b.order)
    .map(({ item }) => item);
}
