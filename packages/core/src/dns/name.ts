/**
 * Domain names as text and as labels, RFC 1035 §2.3, §5.1 and RFC 4343.
 *
 * Text has no final dot; the root is the empty text. A dot or backslash inside a label, and octets that
 * do not print, are escaped: `\.`, `\\`, `\032`.
 */

export const MAX_LABEL_OCTETS = 63;
/** Counted on the wire: a length octet before each label and the zero octet at the end. */
export const MAX_NAME_OCTETS = 255;

/**
 * The labels of a name, one character an octet. A single final dot is allowed.
 * @returns undefined when a label is empty or too long, the name is too long, or an escape is broken.
 */
export function labelsOf(name: string): string[] | undefined {
  if (name === '' || name === '.') return [];
  const labels: string[] = [];
  let label = '';
  let octets = 1;
  const take = (): boolean => {
    octets += label.length + 1;
    labels.push(label);
    const fits = label.length > 0 && label.length <= MAX_LABEL_OCTETS;
    label = '';
    return fits && octets <= MAX_NAME_OCTETS;
  };
  for (let at = 0; at < name.length; at += 1) {
    const character = name[at]!;
    if (character === '\\') {
      const escaped = readEscape(name, at + 1);
      if (escaped === undefined) return undefined;
      label += escaped.octet;
      at += escaped.length;
    } else if (character === '.') {
      if (!take()) return undefined;
    } else if (character.charCodeAt(0) > 0xff) {
      return undefined;
    } else {
      label += character;
    }
  }
  const endsInDot = name.endsWith('.') && label === '';
  return endsInDot || take() ? labels : undefined;
}

/** The text of labels. */
export function nameOf(labels: readonly string[]): string {
  return labels.map(escapeLabel).join('.');
}

/** DNS-06: the form in which names are compared. Only ASCII letters have a case here. */
export function canonicalName(name: string): string {
  const plain = name.endsWith('.') && !name.endsWith('\\.') ? name.slice(0, -1) : name;
  return plain.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Whether both are the same name. */
export function sameName(a: string, b: string): boolean {
  return canonicalName(a) === canonicalName(b);
}

/** The name without its first label; undefined for the root. */
export function parentName(name: string): string | undefined {
  const labels = labelsOf(name);
  return labels === undefined || labels.length === 0 ? undefined : nameOf(labels.slice(1));
}

/** Whether `name` is `ancestor` or lies below it. Both are canonical. */
export function isWithin(name: string, ancestor: string): boolean {
  if (ancestor === '' || name === ancestor) return true;
  if (!name.endsWith(`.${ancestor}`)) return false;
  // An escaped dot is part of a label, not the end of one.
  const before = name.slice(0, name.length - ancestor.length - 1);
  const backslashes = before.length - before.replace(/\\+$/, '').length;
  return backslashes % 2 === 0;
}

function readEscape(
  text: string,
  at: number,
): { readonly octet: string; readonly length: number } | undefined {
  const digits = text.slice(at, at + 3);
  if (/^\d{3}$/.test(digits)) {
    const code = Number(digits);
    return code < 256 ? { octet: String.fromCharCode(code), length: 3 } : undefined;
  }
  const character = text[at];
  if (character === undefined || /\d/.test(character) || character.charCodeAt(0) > 0xff) {
    return undefined;
  }
  return { octet: character, length: 1 };
}

function escapeLabel(label: string): string {
  let text = '';
  for (const character of label) {
    const code = character.charCodeAt(0);
    if (character === '.' || character === '\\') text += `\\${character}`;
    else if (code < 0x21 || code > 0x7e) text += `\\${String(code).padStart(3, '0')}`;
    else text += character;
  }
  return text;
}
