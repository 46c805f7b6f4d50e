// Plurals as ORMs make them: the rules of `inflection` (Sequelize) and of mongoose-legacy-pluralize agree on these.
const irregular: Readonly<Record<string, string>> = {
  person: 'people',
  child: 'children',
  man: 'men',
  woman: 'women',
  tooth: 'teeth',
  foot: 'feet',
  goose: 'geese',
  mouse: 'mice',
  ox: 'oxen',
  move: 'moves',
};
const same =
  /(?:^|[^a-z])(?:equipment|information|rice|money|species|series|fish|sheep|news|deer|advice|aircraft|software|hardware|luggage|feedback|media|metadata)$/i;
const rules: readonly (readonly [RegExp, string])[] = [
  [/(quiz)$/i, '$1zes'],
  [/(matr|vert|ind|append)(?:ix|ex)$/i, '$1ices'],
  [/(x|ch|ss|sh)$/i, '$1es'],
  [/([^aeiouy]|qu)y$/i, '$1ies'],
  [/(?:([^f])fe|([lr])f)$/i, '$1$2ves'],
  [/sis$/i, 'ses'],
  [/([dti])um$/i, '$1a'],
  [/(buffal|tomat|potat|her)o$/i, '$1oes'],
  [/(alias|status|virus)$/i, '$1es'],
  [/(octop)us$/i, '$1i'],
  [/(ax|test)is$/i, '$1es'],
  [/(bu)s$/i, '$1ses'],
  [/s$/i, 's'],
  [/$/, 's'],
];
export function pluralOf(word: string): string {
  if (same.test(word)) return word;
  const [, head = '', tail = word] = /^(.*?)([A-Za-z][a-z]*)$/.exec(word) ?? [];
  const known = irregular[tail.toLowerCase()];
  if (known !== undefined) return head + (tail[0] ?? '') + known.slice(1);
  if (Object.values(irregular).includes(tail.toLowerCase())) return word;
  for (const [pattern, as] of rules) if (pattern.test(word)) return word.replace(pattern, as);
  return word;
}
const back: readonly (readonly [RegExp, string])[] = [
  [/(quiz)zes$/i, '$1'],
  [/(alias|status|virus)es$/i, '$1'],
  [/(x|ch|ss|sh)es$/i, '$1'],
  [/([^aeiouy]|qu)ies$/i, '$1y'],
  [/([lr])ves$/i, '$1f'],
  [/(?:ss|us|is)$/i, '$&'],
  [/s$/i, ''],
];
export function singularOf(word: string): string {
  if (same.test(word)) return word;
  const found = Object.entries(irregular).find(([, many]) => many === word.toLowerCase());
  if (found !== undefined) return (word[0] ?? '') + found[0].slice(1);
  for (const [pattern, as] of back) if (pattern.test(word)) return word.replace(pattern, as);
  return word;
}
