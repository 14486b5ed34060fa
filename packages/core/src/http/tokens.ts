/** The small grammars of RFC 9110 §5.6 that everything else is made of. Texts hold one character per octet. */

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** RFC 9110 §5.6.2. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** RFC 9110 §5.5, without asking that white space at the ends be gone. */
export function isFieldValue(text: string): boolean {
  return FIELD_VALUE.test(text);
}

/** Without the optional white space (SP, HTAB) at both ends: not what `trim` takes away. */
export function trimOws(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isOws(text, from)) from += 1;
  while (to > from && isOws(text, to - 1)) to -= 1;
  return text.slice(from, to);
}

/** The elements of a comma-separated list (RFC 9110 §5.6.1); empty ones are skipped, quotes respected. */
export function listElements(value: string): string[] {
  const elements: string[] = [];
  let from = 0;
  let quoted = false;
  for (let at = 0; at <= value.length; at += 1) {
    const character = value[at];
    if (character === '"') quoted = !quoted;
    else if (character === '\\' && quoted) at += 1;
    else if (at >= value.length || (character === ',' && !quoted)) {
      const element = trimOws(value.slice(from, at));
      if (element !== '') elements.push(element);
      from = at + 1;
    }
  }
  return elements;
}

/** Shows peer's text in a sentence: short, with its odd characters escaped. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function isOws(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}
