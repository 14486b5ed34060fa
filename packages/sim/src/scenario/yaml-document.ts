/** YAML (and JSON, which is YAML) as plain values that know where each of them stands in the file. */
import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLError,
} from 'yaml';
import type { Problem } from './problem.ts';
import type { SourceText, Span } from './source-text.ts';

/** A file with more aliases is refused: nobody writes that many by hand. */
export const MAX_ALIASES = 100;
/** Deeper nesting is refused. */
export const MAX_NESTING = 40;
/** More nodes than this are refused; aliases count as what they repeat. */
export const MAX_NODES = 200_000;

/** Of more syntax errors only the first are told: they cause the rest. */
const MAX_SYNTAX_PROBLEMS = 10;

export type Path = readonly PropertyKey[];

/** A parsed file. */
export class YamlDocument {
  readonly source: SourceText;
  readonly value: unknown;
  readonly #document: Document;

  constructor(source: SourceText, document: Document, value: unknown) {
    this.source = source;
    this.#document = document;
    this.value = value;
  }

  /** Where the value at `path` stands; where it is absent, what should contain it. */
  spanOf(path: Path): Span {
    for (let length = path.length; length > 0; length -= 1) {
      const node = this.#nodeAt(path.slice(0, length));
      if (node?.range) return spanOfNode(node);
      const pair = this.#pairAt(path.slice(0, length));
      const key = pair?.key;
      if (isNode(key) && key.range) return spanOfNode(key);
    }
    return this.#document.contents?.range
      ? { offset: this.#document.contents.range[0], length: 1 }
      : { offset: 0, length: 1 };
  }

  /** Where the key of the value at `path` stands. */
  keySpanOf(path: Path): Span {
    const key = this.#pairAt(path)?.key;
    return isNode(key) && key.range ? spanOfNode(key) : this.spanOf(path);
  }

  /** Where a part of the text at `path` stands; `column` is 1-based in the text. */
  spanInText(path: Path, column: number, length: number): Span {
    const node = this.#nodeAt(path);
    if (!isScalar(node) || !node.range || typeof node.value !== 'string') return this.spanOf(path);
    const written = this.source.text.slice(node.range[0], node.range[1]);
    // Escapes and folded lines move the columns; then the whole text is the place.
    const start = written.indexOf(node.value);
    if (start < 0) return spanOfNode(node);
    return { offset: node.range[0] + start + column - 1, length };
  }

  #nodeAt(path: Path): Node | undefined {
    const node = this.#document.getIn(path, true);
    return isNode(node) ? node : undefined;
  }

  #pairAt(path: Path): Pair | undefined {
    const parent = path.length === 1 ? this.#document.contents : this.#nodeAt(path.slice(0, -1));
    if (!isMap(parent)) return undefined;
    const wanted = path.at(-1);
    return parent.items.find((pair) => isScalar(pair.key) && pair.key.value === wanted);
  }
}

/** Of a block or a long text only the first line is underlined. */
function spanOfNode(node: Node): Span {
  const [from, to] = node.range!;
  return { offset: from, length: isScalar(node) ? Math.max(1, to - from) : 1 };
}

/** Parses the text, or tells every problem of its syntax. */
export function parseYaml(source: SourceText): YamlDocument | readonly Problem[] {
  const tooDeep = nestingProblem(source);
  if (tooDeep !== undefined) return [tooDeep];
  let document: Document;
  try {
    document = parseDocument(source.text, {
      prettyErrors: false,
      stringKeys: true,
      uniqueKeys: false,
    });
  } catch (error) {
    return [unreadable(source, error)];
  }
  const problems = [...document.errors, ...document.warnings].map((error) =>
    syntaxProblem(source, error),
  );
  // One missing quote can make an error of every further line.
  if (problems.length > 0) return problems.slice(0, MAX_SYNTAX_PROBLEMS);
  const limit = limitProblem(source, document);
  if (limit !== undefined) return [limit];
  try {
    return new YamlDocument(source, document, document.toJS({ maxAliasCount: MAX_ALIASES }));
  } catch (error) {
    return [unreadable(source, error)];
  }
}

function syntaxProblem(source: SourceText, error: YAMLError): Problem {
  const [from, to] = error.pos;
  const hint =
    error.code === 'UNEXPECTED_TOKEN' || error.code === 'MISSING_CHAR'
      ? '; inside { } or [ ] a text with brackets or commas wants quotes'
      : '';
  const message = error.message.split('\n')[0]!.trim() + hint;
  return source.problem('error', `not valid YAML: ${message}`, {
    offset: from,
    length: Math.max(1, to - from),
  });
}

function unreadable(source: SourceText, error: unknown): Problem {
  const reason = error instanceof Error ? error.message.split('\n')[0]! : 'unknown reason';
  return source.problem('error', `the file cannot be read as YAML: ${reason}`, {
    offset: 0,
    length: 1,
  });
}

/**
 * Brackets and block indicators nested too deep would exhaust the parser's stack, so they are counted
 * before it sees them. Brackets in texts count too; no honest file has that many.
 */
function nestingProblem(source: SourceText): Problem | undefined {
  let depth = 0;
  let indicators = 0;
  const { text } = source;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '[' || character === '{') depth += 1;
    else if ((character === ']' || character === '}') && depth > 0) depth -= 1;
    else if (character === '\n') indicators = 0;
    else if ('-?:'.includes(character) && text[at + 1] === ' ') indicators += 1;
    if (depth > MAX_NESTING || indicators > MAX_NESTING) {
      const message = `nested too deeply: at most ${MAX_NESTING} levels are allowed`;
      return source.problem('error', message, { offset: at, length: 1 });
    }
  }
  return undefined;
}

/** Aliases may repeat aliases: what they would grow to is counted before anything is built. */
function limitProblem(source: SourceText, document: Document): Problem | undefined {
  const sizes = new Map<string, number>();
  const problem = { found: undefined as Problem | undefined };
  let aliases = 0;
  const report = (message: string, node: Node): void => {
    problem.found ??= source.problem('error', message, spanOfNode(node));
  };
  const sizeOf = (value: unknown, depth: number): number => {
    if (problem.found !== undefined) return 0;
    if (isPair(value)) {
      const { key } = value;
      if (isScalar(key) && key.value === '__proto__') report('unknown key "__proto__"', key);
      return sizeOf(key, depth) + sizeOf(value.value, depth);
    }
    if (!isNode(value)) return 0;
    if (depth > MAX_NESTING) report(`nested too deeply: at most ${MAX_NESTING} levels`, value);
    if (isAlias(value)) {
      aliases += 1;
      if (aliases > MAX_ALIASES) report(`too many aliases: at most ${MAX_ALIASES}`, value);
      const size = sizes.get(value.source);
      if (size === undefined) report(`no anchor &${value.source} stands before this`, value);
      return size ?? 1;
    }
    let size = 1;
    if (isMap(value)) reportRepeatedKey(value, report);
    if ('items' in value) for (const item of value.items) size += sizeOf(item, depth + 1);
    const { anchor } = value as { anchor?: string };
    if (anchor !== undefined) sizes.set(anchor, size);
    if (size > MAX_NODES) report(`too many values: aliases included at most ${MAX_NODES}`, value);
    return size;
  };
  sizeOf(document.contents, 0);
  return problem.found;
}

/** The parser's own check takes quadratic time, which a hostile file could make minutes. */
function reportRepeatedKey(map: YAMLMap, report: (message: string, node: Node) => void): void {
  const seen = new Set<unknown>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    if (seen.has(key.value)) report(`the key "${String(key.value)}" stands here twice`, key);
    seen.add(key.value);
  }
}
