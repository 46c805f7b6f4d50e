// JSON Schema, draft 7, that is written once where it is needed several times: editors read all of it for every key that is typed.

/** What the YAML language server reads. */
export interface JsonSchema {
  readonly [key: string]: unknown;
}
export const reference = (name: string): JsonSchema => ({ $ref: `#/definitions/${name}` });

/** Any value of a playbook may be an expression; its type is checked when the plan is made. */
export const expressionPattern = '\\$\\{\\{[\\s\\S]*\\}\\}';

/** `null` removes what a file below says. It is allowed in this way and not as a type, since an editor would offer it everywhere. */
export const nothing: JsonSchema = {
  description: 'Removes what a file below says.',
  not: { type: ['object', 'array', 'string', 'number', 'boolean'] },
};

/** Names of the playbooks at hand that others may mention: an editor offers them. A file that is extended may bring more. */
export interface Names {
  readonly service: readonly string[];
  readonly auth: readonly string[];
  readonly secret: readonly string[];
}
export type NameKind = keyof Names;
const noNames: Names = { service: [], auth: [], secret: [] };

export class Definitions {
  readonly names: Names;
  /** A file of this kind lies above others, which it changes: with `null` and with `{ append: [...] }`. */
  readonly layered: boolean;
  readonly #named = new Map<string, JsonSchema>();
  readonly #names = new Map<string, string>();

  constructor({ names = noNames, layered = true }: { readonly names?: Names; readonly layered?: boolean } = {}) {
    this.names = names;
    this.layered = layered;
  }

  /** A reference to this schema. Equal ones have one name: that of the first, which editors show where a type is wrong. */
  share(name: string, schema: JsonSchema): JsonSchema {
    const content = JSON.stringify(schema);
    const known = this.#names.get(content);
    if (known !== undefined) return reference(known);
    let free = name;
    for (let count = 2; this.#named.has(free); count++) free = `${name}-${count}`;
    this.#names.set(content, free);
    this.#named.set(free, schema);
    return reference(free);
  }

  /** Under this name, for references to what it holds. */
  set(name: string, schema: JsonSchema): JsonSchema {
    this.#named.set(name, schema);
    return reference(name);
  }

  all(): JsonSchema {
    return Object.fromEntries(this.#named);
  }
}

/** One of several forms; editors tell the nearest one from the type of the value. */
export const oneOf = (forms: readonly JsonSchema[]): JsonSchema => (forms.length === 1 ? (forms[0] ?? {}) : { anyOf: forms });
