// What filter chains of Spring Security ask of requests: https://docs.spring.io/spring-security/reference/6.5/servlet/authorization/authorize-http-requests.html.
import type { Guard } from '../../contract/route.ts';
import { annotationsOf, typeName } from '../../grammar/java/annotations.ts';
import type { Java, JavaType, Member } from '../../grammar/java/classes.ts';
import { childOf, namedOf, type Plain, within } from '../../grammar/plain.ts';

interface Rule {
  readonly method: string | null;
  /** Null: any request. */
  readonly patterns: readonly string[] | null;
  readonly guard: Guard | null;
}
interface Chain {
  /** What it is for; empty: everything. */
  readonly matches: readonly string[];
  readonly rules: readonly Rule[];
  readonly isConditional: boolean;
}

/** `/api/**`, `/*.js` and `/users/{id}` against a path whose parameters are in braces. */
export function matches(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/[.+^$()|[\]\\]/g, '\\$&')
    .replace(/\{[^{}]*\}/g, '[^/]+')
    .replace(/\/\*\*/g, '\u0001')
    .replace(/\*+/g, '[^/]*')
    .replaceAll('\u0001', '(?:/.*)?');
  return new RegExp(`^${source}$`).test(path);
}
const matchers = /^(requestMatchers|antMatchers|mvcMatchers|pathMatchers|regexMatchers)$/;
const decisions =
  /^(permitAll|denyAll|authenticated|fullyAuthenticated|hasRole|hasAnyRole|hasAuthority|hasAnyAuthority|access|anonymous|rememberMe|hasScope)$/;

export class SpringSecurity {
  readonly #java: Java;
  readonly #chains: readonly Chain[];

  constructor(java: Java, types: readonly JavaType[]) {
    this.#java = java;
    const chains = types.flatMap((type) =>
      java
        .members(type, 'method_declaration')
        .filter(({ node }) =>
          namedOf(childOf(node, 'parameters')).some((one) => /^(Server)?HttpSecurity$/.test(typeName(childOf(one, 'type')))),
        )
        .map((member) => this.#chain(member)),
    );
    // One that is switched off by a setting says less than one that is always there, or that asks for something.
    const always = chains.filter(({ isConditional }) => !isConditional);
    const strict = chains.filter(({ rules }) => rules.some(({ guard }) => guard !== null));
    this.#chains = [...(always.length > 0 ? always : strict)].sort(
      (a, b) => Number(a.matches.length === 0) - Number(b.matches.length === 0),
    );
  }

  #chain({ node, of }: Member): Chain {
    const rules: Rule[] = [];
    const matched: string[] = [];
    // The outermost call of a chain is the last one that is written.
    const calls = [...within(node, ['method_invocation'])].sort(
      (a, b) => (childOf(a, 'name')?.start ?? 0) - (childOf(b, 'name')?.start ?? 0),
    );
    for (const call of calls) {
      const name = childOf(call, 'name')?.text ?? '';
      if (/^(securityMatcher|antMatcher)s?$/.test(name)) matched.push(...this.#texts(call, of));
      if (!decisions.test(name)) continue;
      const asked = childOf(call, 'object');
      const asks = asked === undefined ? '' : (childOf(asked, 'name')?.text ?? '');
      if (asked === undefined || !(matchers.test(asks) || asks === 'anyRequest' || asks === 'anyExchange')) continue;
      const method = namedOf(childOf(asked, 'arguments')).find(({ text }) =>
        /HttpMethod\.|^(GET|POST|PUT|PATCH|DELETE)$/.test(text),
      );
      const guard: Guard = {
        by: name,
        scopes: this.#texts(call, of),
        stage: 'filter chain',
        isAuth: true,
        at: { file: of.file, line: childOf(call, 'name')?.line ?? call.line },
      };
      rules.push({
        method: method?.text.split('.').at(-1) ?? null,
        patterns: matchers.test(asks) ? this.#texts(asked, of) : null,
        guard: /^(permitAll|anonymous)$/.test(name) ? null : guard,
      });
    }
    const isConditional = [node, of.node].some((one) =>
      annotationsOf(one).some(({ name }) => /^(Conditional|Profile)/.test(name)),
    );
    return { matches: matched, rules, isConditional };
  }
  #texts(call: Plain, of: JavaType): readonly string[] {
    return within(childOf(call, 'arguments'), ['string_literal', 'field_access', 'identifier']).flatMap((one) => {
      const isPart = one.parent?.kind === 'field_access' || one.parent?.kind === 'binary_expression';
      return isPart ? [] : (this.#java.text(one, of) ?? []);
    });
  }

  /** The first rule that a request meets. */
  guard(method: string, path: string): readonly Guard[] {
    const chain = this.#chains.find((one) => one.matches.length === 0 || one.matches.some((pattern) => matches(pattern, path)));
    const rule = chain?.rules.find(
      (one) =>
        (one.method === null || one.method === method) &&
        (one.patterns === null || one.patterns.length === 0
          ? one.patterns === null || one.method !== null
          : one.patterns.some((pattern) => matches(pattern, path))),
    );
    return rule?.guard ? [rule.guard] : [];
  }
}
