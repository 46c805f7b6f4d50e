import type { RouteStack } from '../../contract/route.ts';
import { type Declared, GoProgram } from '../../grammar/go/program.ts';
import { childOf, namedOf, type Plain, within } from '../../grammar/plain.ts';
import { frameworks } from './go-frameworks.ts';
import { served } from './go-router.ts';
import { GoWalk } from './go-walk.ts';

const stack = 'go';

/** A call that registers a route by its look: a known method, a path as text. */
const looksRegistered = (node: Plain): boolean => {
  const name = childOf(childOf(node, 'function') ?? node, 'field')?.text ?? '';
  const [path, handler] = namedOf(childOf(node, 'arguments'));
  return (
    frameworks.some(({ verbs }) => Object.hasOwn(verbs, name)) &&
    /string_literal$/.test(path?.kind ?? '') &&
    /^["`]([A-Z]+ )?\//.test(path?.text ?? '') &&
    /^(identifier|selector_expression|func_literal|call_expression)$/.test(handler?.kind ?? '')
  );
};

/** Go: gin, echo, chi, fiber, gorilla/mux and net/http, followed from the functions that make a router on. */
export const go: RouteStack = {
  name: stack,
  language: 'go',
  marks: frameworks.map(({ packages }) => packages),
  present: (reading) => frameworks.some(({ packages }) => reading.marked(packages).length > 0),
  read(reading, say) {
    const program = new GoProgram({
      files: reading.files.filter((file) => reading.facts.get(file)?.language === 'go'),
      plain: (file) => reading.plain(file)?.tree,
    });
    const said = new Set<Plain>();
    const unclear = ({ node, file }: Declared, why: string): void => {
      if (said.has(node)) return;
      said.add(node);
      say({ file, line: node.line, what: node.text.replace(/\s+/g, ' ').slice(0, 80), why, about: 'route', stack });
    };
    const walk = new GoWalk(program, unclear);
    const nameOf = ({ node }: Declared): string => childOf(node, 'name')?.text ?? '';
    // From main on, so that fields are set before the methods that use them are looked at.
    const all = [...program.functions].sort((a, b) => (nameOf(a) === 'main' ? 0 : 1) - (nameOf(b) === 'main' ? 0 : 1));
    for (const one of all) walk.begin(one);
    for (const file of new Set(all.map(({ file: name }) => name))) {
      const matters = [...program.imports(file).values()].some((path) => frameworks.some(({ packages }) => packages.test(path)));
      for (const node of matters ? within(program.tree(file), ['call_expression']) : [])
        if (looksRegistered(node) && !walk.met.has(node))
          unclear({ node, file }, 'the router that it is registered on is not known from the text');
    }
    return [...served(walk.routers)].map((entry) => ({
      ...entry,
      scope: reading.scope,
      request: null,
      response: null,
      version: null,
    }));
  },
  knownFrom:
    'https://pkg.go.dev/github.com/gin-gonic/gin@v1.10.0, labstack/echo/v4@v4.12.0, go-chi/chi/v5@v5.1.0, net/http@go1.22',
};
