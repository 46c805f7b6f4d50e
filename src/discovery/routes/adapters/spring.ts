import type { NotUnderstood } from '../../contract/place.ts';
import type { Reading } from '../../contract/reading.ts';
import type { Guard, Route, RouteStack } from '../../contract/route.ts';
import { type Annotation, annotationsOf, typeName, valuesOf } from '../../grammar/java/annotations.ts';
import { Java, type JavaType, type Member } from '../../grammar/java/classes.ts';
import { type Setting, settingsOf, withSettings } from '../../grammar/java/settings.ts';
import { childOf, namedOf, type Plain, within } from '../../grammar/plain.ts';
import { SpringSecurity } from './spring-security.ts';

const stack = 'spring';
const mapping = /^(Request|Get|Post|Put|Patch|Delete)Mapping$/;
const controller = /^(Rest)?Controller$/;
const guarding = /^(PreAuthorize|Secured|RolesAllowed|DenyAll)$/;
const conditional = /^(Conditional|Profile)/;

interface Mapping {
  readonly methods: readonly string[];
  readonly paths: readonly string[];
  readonly at: { readonly file: string; readonly line: number };
}

/** As Spring combines patterns, in the notation of OpenAPI. */
function springPath(prefix: string, path: string): string {
  const joined = [prefix, path].filter((one) => one !== '').join('/');
  return `/${joined}`
    .replace(/\{(\w+):(?:[^{}]|\{[^{}]*\})*\}/g, '{$1}')
    .replace(/\{\*(\w+)\}/g, '{$1*}')
    .replace(/\/\*\*$/, '/{*}')
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '');
}

class Controllers {
  readonly #java: Java;
  readonly #reading: Reading;
  readonly #say: (what: NotUnderstood) => void;
  readonly #settings: ReadonlyMap<string, Setting>;
  readonly #security: SpringSecurity;
  readonly #types: readonly JavaType[];
  readonly #served = new Set<Plain>();

  constructor(reading: Reading, say: (what: NotUnderstood) => void) {
    this.#reading = reading;
    this.#say = say;
    const files = [...reading.facts.keys()].filter((file) => file.endsWith('.java'));
    this.#java = new Java(files, (file) => reading.plain(file)?.tree);
    this.#settings = settingsOf(reading.files, (file) => reading.text(file));
    const matters = /@(\w*Mapping|(Rest)?Controller|RepositoryRestResource)\b|HttpSecurity|RouterFunction|addPathPrefix/;
    this.#types = files
      .filter((file) => matters.test(reading.text(file) ?? '') || reading.marked(/^@\w*Controller$/).includes(file))
      .flatMap((file) => this.#java.types(file));
    this.#security = new SpringSecurity(this.#java, this.#types);
  }
  #unclear(node: Plain, file: string, why: string): void {
    const named = node.kind === 'method_declaration' ? (childOf(node, 'name') ?? node) : node;
    this.#say({ file, line: named.line, what: named.text.replace(/\s+/g, ' ').slice(0, 80), why, about: 'route', stack });
  }

  *routes(): Generator<Route> {
    for (const type of this.#types)
      if (
        type.node.kind === 'class_declaration' &&
        !/\babstract\b/.test(modifiers(type.node)) &&
        this.#java.isAnnotated(type, controller)
      )
        yield* this.#controller(type);
    for (const type of this.#types) this.#others(type);
  }

  /** A mapping that an annotation is, or that an annotation of this program is made of. */
  #mapping({ node, name, given }: Annotation, from: JavaType, depth = 0): Mapping | undefined {
    if (!mapping.test(name)) {
      const own = depth > 3 ? undefined : this.#java.type(name, from);
      if (own?.node.kind !== 'annotation_type_declaration') return undefined;
      return annotationsOf(own.node).flatMap((one) => this.#mapping(one, own, depth + 1) ?? [])[0];
    }
    const written = given.get('path') ?? given.get('value');
    const texts = this.#java.texts(written, from)?.map((one) => withSettings(one, this.#settings));
    if (texts === undefined || texts.includes(undefined)) {
      this.#unclear(node, from.file, 'its path is not known from the text');
      return { methods: [], paths: [], at: { file: from.file, line: node.line } };
    }
    const verb = name.replace('Mapping', '').toUpperCase();
    const methods = verb === 'REQUEST' ? valuesOf(given.get('method')).map(({ text }) => text.split('.').at(-1) ?? text) : [verb];
    const paths = texts.flatMap((one) => one ?? []);
    return { methods, paths: paths.length === 0 ? [''] : paths, at: { file: from.file, line: node.line } };
  }
  #mappingOf(node: Plain, from: JavaType): Mapping | undefined {
    return annotationsOf(node).flatMap((one) => this.#mapping(one, from) ?? [])[0];
  }

  *#controller(type: JavaType): Generator<Route> {
    const missing: string[] = [];
    const above = this.#java.above(type, (name) => missing.push(name));
    const lineage = [type, ...above];
    const outer = lineage.flatMap((one) => this.#mappingOf(one.node, one) ?? [])[0] ?? {
      methods: [],
      paths: [''],
      at: undefined,
    };
    const base = this.#settings.get('server.servlet.context-path');
    const prefix = base === undefined ? '' : (withSettings(base.value, this.#settings) ?? '');
    const isCertain = !annotationsOf(type.node).some(({ name }) => conditional.test(name));
    for (const [, members] of this.#methods(lineage)) {
      const [nearest] = members;
      const mapped = members.find(({ node, of }) => annotationsOf(node).some((one) => this.#isMapping(one, of)));
      if (nearest === undefined) continue;
      if (mapped === undefined) {
        // Generated interfaces have the mappings of what implements them.
        const isOverride = annotationsOf(nearest.node).some(({ name }) => name === 'Override');
        if (isOverride && missing.length > 0 && nearest.of === type)
          this.#unclear(nearest.node, type.file, `its mapping may be in ${missing.join(' or ')}, which is not in the tree`);
        continue;
      }
      for (const one of members) this.#served.add(one.node);
      const inner = this.#mappingOf(mapped.node, mapped.of);
      if (inner === undefined) continue;
      const handler = members.find(({ node }) => childOf(node, 'body') !== undefined) ?? nearest;
      const methods = [...new Set([...outer.methods, ...inner.methods])];
      for (const method of methods.length === 0 ? ['ALL'] : methods)
        for (const one of outer.paths)
          for (const path of inner.paths) {
            const own = springPath(one, path);
            yield {
              method,
              path: springPath(prefix, own),
              stack,
              scope: this.#reading.scope,
              registered: inner.at,
              handler: {
                file: handler.of.file,
                line: childOf(handler.node, 'name')?.line ?? handler.node.line,
                name: `${type.name}.${childOf(handler.node, 'name')?.text ?? ''}`,
              },
              guards: [...this.#security.guard(method, own), ...this.#guards(lineage, members)],
              request: null,
              response: null,
              version: null,
              mounted: [
                ...(base === undefined || prefix === '' ? [] : [{ file: base.file, line: base.line }]),
                ...(outer.at === undefined ? [] : [outer.at]),
              ],
              certain: isCertain,
            };
          }
    }
  }
  #isMapping({ name }: Annotation, from: JavaType): boolean {
    if (mapping.test(name)) return true;
    const own = this.#java.type(name, from);
    return own?.node.kind === 'annotation_type_declaration' && annotationsOf(own.node).some((one) => mapping.test(one.name));
  }

  /** Methods by name and number of parameters, nearest first. */
  #methods(lineage: readonly JavaType[]): ReadonlyMap<string, readonly Member[]> {
    const found = new Map<string, Member[]>();
    for (const type of lineage)
      for (const member of this.#java.members(type, 'method_declaration')) {
        const parameters = namedOf(childOf(member.node, 'parameters'));
        const types = parameters.map((one) => typeName(childOf(one, 'type'))).join();
        const name = childOf(member.node, 'name')?.text ?? '';
        // Overloads of one class are two; of types of parameters that are generic no more is known than how many there are.
        const twin = [...found.keys()].find(
          (key) => key.startsWith(`${name}/${parameters.length}/`) && found.get(key)?.every(({ of }) => of !== type),
        );
        const key = found.has(`${name}/${parameters.length}/${types}`)
          ? `${name}/${parameters.length}/${types}`
          : (twin ?? `${name}/${parameters.length}/${types}`);
        found.set(key, [...(found.get(key) ?? []), member]);
      }
    return found;
  }
  #guards(lineage: readonly JavaType[], members: readonly Member[]): readonly Guard[] {
    const of = (stage: string, nodes: readonly Member[]): readonly Guard[] => {
      // The nearest says: it replaces what is above.
      const [said] = nodes.filter(({ node }) => annotationsOf(node).some(({ name }) => guarding.test(name)));
      if (said === undefined) return [];
      return annotationsOf(said.node)
        .filter(({ name }) => guarding.test(name))
        .map(({ node, name, given }) => ({
          by: `@${name}`,
          scopes: this.#java.texts(given.get('value'), said.of) ?? [],
          stage,
          isAuth: true,
          at: { file: said.of.file, line: node.line },
        }));
    };
    const method = of('method', members);
    return method.length > 0
      ? method
      : of(
          'class',
          lineage.map((type) => ({ node: type.node, of: type })),
        );
  }

  /** What else serves, and is not read; and mappings that no controller has. */
  #others(type: JavaType): void {
    if (this.#java.isAnnotated(type, /^(FeignClient|HttpExchange)$/)) return;
    if (this.#java.isAnnotated(type, /^(RepositoryRestResource|BasePathAwareController)$/))
      this.#unclear(namedOf(type.node)[0] ?? type.node, type.file, 'Spring Data REST makes its routes, which are not read');
    for (const { node } of this.#java.members(type, 'method_declaration')) {
      const first = annotationsOf(node).find(({ name }) => mapping.test(name));
      if (first !== undefined && !this.#served.has(node))
        this.#unclear(
          first.node,
          type.file,
          `no controller that is known has the method ${childOf(node, 'name')?.text ?? ''} of ${type.name}`,
        );
      if (typeName(childOf(node, 'type')) !== 'RouterFunction') continue;
      const calls = within(node, ['method_invocation']).filter((one) =>
        /^(GET|POST|PUT|PATCH|DELETE|path|nest)$/.test(childOf(one, 'name')?.text ?? ''),
      );
      for (const call of calls.length === 0 ? [node] : calls)
        this.#unclear(call, type.file, 'routes of functions (RouterFunction) are not read');
    }
    for (const call of within(type.outer === undefined ? type.node : undefined, ['method_invocation']))
      if (childOf(call, 'name')?.text === 'addPathPrefix')
        this.#unclear(call, type.file, 'the paths of the controllers that it is for lack this prefix');
  }
}
const modifiers = (node: Plain): string =>
  node.children.find(({ kind }) => kind === 'modifiers')?.text.replace(/@\w+(\([^)]*\))?/g, '') ?? '';

/** Spring MVC: controllers with what they inherit, settings in their paths, and what filter chains and annotations ask for. */
export const spring: RouteStack = {
  name: stack,
  language: 'java',
  marks: ['org.springframework.web', 'org.springframework.stereotype'],
  reads: ['**/application.{properties,yml,yaml}'],
  present: (reading) =>
    reading.marked(/^@((Rest)?Controller|\w+Mapping)$/).length > 0 && reading.marked('org.springframework').length > 0,
  read: (reading, say) => [...new Controllers(reading, say).routes()],
  knownFrom: 'https://docs.spring.io/spring-framework/reference/6.2/web/webmvc/mvc-controller/ann-requestmapping.html',
};
