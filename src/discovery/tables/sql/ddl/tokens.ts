// The tokens of MySQL's and SQLite's SQL: https://dev.mysql.com/doc/refman/8.4/en/language-structure.html, https://sqlite.org/lang.html.
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'sign';
  /** As written; of names without their quotes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const word = /[A-Za-z_\u0080-\uffff$@:][\w\u0080-\uffff$@:]*/y;
const number = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|0x[\da-fA-F]+|\.\d+/y;
const closing: Readonly<Record<string, string>> = { '`': '`', '"': '"', '[': ']', "'": "'" };

/** `[name]` is a name in SQLite alone; a backslash escapes in MySQL alone; MySQL runs what stands in `/*! … *\/`. */
export function tokensOf(text: string, dialect: 'mysql' | 'sqlite'): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: Token['kind'], end: number, inner = text.slice(at, end)): void => {
    tokens.push({ kind, text: inner, start: at, end });
    at = end;
  };
  while (at < text.length) {
    const sign = text[at] ?? '';
    const two = text.slice(at, at + 2);
    if (/\s/.test(sign)) at++;
    else if (two === '--' || (sign === '#' && dialect === 'mysql')) at = before(text, '\n', at);
    else if (two === '/*' && dialect === 'mysql' && text[at + 2] === '!')
      at = at + (/^\/\*!\d*/.exec(text.slice(at, at + 12))?.[0].length ?? 3);
    else if (two === '*/') at += 2;
    else if (two === '/*') at = before(text, '*/', at) + 2;
    else if (sign === "'" || sign === '"' || sign === '`' || (sign === '[' && dialect === 'sqlite')) {
      const end = closed(text, { at, close: closing[sign] ?? sign, backslash: dialect === 'mysql' && sign !== '`' });
      const inner = text.slice(at + 1, end - 1);
      if (sign === "'") push('string', end);
      else push('quoted', end, sign === '[' ? inner : inner.replaceAll(sign + sign, sign));
    } else {
      const found = match(number);
      const name = found === undefined ? match(word) : undefined;
      if (found !== undefined) push('number', at + found.length);
      else if (name !== undefined) push('word', at + name.length);
      else push('sign', at + 1);
    }
  }
  return tokens;
}

function before(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found === -1 ? text.length : found;
}
function closed(text: string, o: { readonly at: number; readonly close: string; readonly backslash: boolean }): number {
  for (let n = o.at + 1; n < text.length; n++) {
    if (o.backslash && text[n] === '\\') n++;
    else if (text[n] === o.close) {
      if (text[n + 1] === o.close && o.close !== ']') n++;
      else return n + 1;
    }
  }
  return text.length;
}
