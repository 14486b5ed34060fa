/**
 * Sec-WebSocket-Extensions, RFC 6455 §9.1:
 *
 *     extension-list = 1#extension        extension-param = token [ "=" (token | quoted-string) ]
 *     extension = extension-token *( ";" extension-param )
 */
import { isToken } from './header-list.ts';

export interface ExtensionParameter {
  readonly name: string;
  /** undefined for a parameter without a value. */
  readonly value: string | undefined;
}

export interface Extension {
  readonly name: string;
  readonly parameters: readonly ExtensionParameter[];
}

/** @returns undefined when a value does not fit the grammar */
export function parseExtensions(values: readonly string[]): readonly Extension[] | undefined {
  const extensions: Extension[] = [];
  for (const value of values) {
    for (const part of splitOutsideQuotes(value, ',')) {
      if (part.trim() === '') continue;
      const [name, ...rest] = splitOutsideQuotes(part, ';').map((one) => one.trim());
      if (name === undefined || !isToken(name)) return undefined;
      const parameters = rest.map(parseParameter);
      const right = parameters.filter((one) => one !== undefined);
      if (right.length < parameters.length) return undefined;
      extensions.push({ name, parameters: right });
    }
  }
  return extensions;
}

export function formatExtension({ name, parameters }: Extension): string {
  const parts = parameters.map((one) =>
    one.value === undefined ? one.name : `${one.name}=${one.value}`,
  );
  return [name, ...parts].join('; ');
}

function parseParameter(text: string): ExtensionParameter | undefined {
  const equals = text.indexOf('=');
  if (equals < 0) return isToken(text) ? { name: text, value: undefined } : undefined;
  const name = text.slice(0, equals).trim();
  const raw = text.slice(equals + 1).trim();
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(raw);
  const value = quoted === null ? raw : quoted[1]!.replace(/\\(.)/g, '$1');
  // §9.1: what stands in quotes must fit the grammar of a token as well.
  return isToken(name) && isToken(value) ? { name, value } : undefined;
}

function splitOutsideQuotes(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (quoted && text[at] === '\\') at += 1;
    else if (text[at] === '"') quoted = !quoted;
    else if (text[at] === separator && !quoted) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}
