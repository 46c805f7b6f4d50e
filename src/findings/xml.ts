import { SaxesParser } from 'saxes';
import { fail, type Result, succeed } from '../model/result.ts';

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
}
type Growing = XmlElement & { readonly children: XmlElement[]; text: string };

const deepest = 100;

/** The root of a well-formed document. Entities of its own are not known, so that none can be expanded. */
export function readXml(source: string): Result<XmlElement, string> {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const open: Growing[] = [];
  let root: XmlElement | undefined;
  parser.on('opentag', ({ name, attributes }) => {
    const element: Growing = { name, attributes, children: [], text: '' };
    if (open.length >= deepest) throw new Error(`more than ${deepest} elements lie in each other`);
    if (open.length === 0) root = element;
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  const take = (text: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('error', (error) => {
    throw error;
  });
  try {
    parser.write(source).close();
  } catch (error) {
    return fail(`it is no well-formed XML: ${(error as Error).message}`);
  }
  return root === undefined ? fail('it is no XML: it has no element') : succeed(root);
}
