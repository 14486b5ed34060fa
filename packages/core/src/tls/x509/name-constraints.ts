/** Name constraints (RFC 5280 §4.2.1.10): which names an authority may issue certificates for. */
import type { Certificate } from './certificate.ts';
import type { DerReader } from './der-reader.ts';
import { readGeneralName, type AlternativeName } from './general-name.ts';
import { patternMatches } from './host-name.ts';

export interface NameConstraints {
  readonly permitted: readonly AlternativeName[];
  readonly excluded: readonly AlternativeName[];
}

const PERMITTED = 0xa0;
const EXCLUDED = 0xa1;

export function readNameConstraints(reader: DerReader): NameConstraints {
  const fields = reader.inside();
  const permitted = readSubtrees(fields, PERMITTED);
  const excluded = readSubtrees(fields, EXCLUDED);
  // RFC 5280 §4.2.1.10: an empty sequence is not issued.
  if (permitted.length + excluded.length === 0) fields.fail();
  fields.end();
  return { permitted, excluded };
}

function readSubtrees(fields: DerReader, tag: number): AlternativeName[] {
  const bases: AlternativeName[] = [];
  const list = fields.optional(tag);
  if (list === undefined) return bases;
  do {
    const subtree = list.inside();
    const base = readGeneralName(subtree);
    // An address and its mask; minimum is always 0, which DER leaves out, and maximum absent.
    if (base.kind === 'ip' && base.octets.length !== 8 && base.octets.length !== 32) list.fail();
    subtree.end();
    bases.push(base);
  } while (list.more);
  return bases;
}

/** The first name of the certificate that the constraints do not allow; undefined when all are. */
export function forbiddenName(
  { permitted, excluded }: NameConstraints,
  { subjectParts, subjectText, extensions }: Certificate,
): string | undefined {
  const subject: AlternativeName = { kind: 'directory', parts: subjectParts };
  const names = [...(subjectParts.length > 0 ? [subject] : []), ...extensions.alternativeNames];
  const forbidden = names.find((name) => {
    const bounds = permitted.filter((base) => isSameForm(base, name));
    const isPermitted = bounds.length === 0 || bounds.some((base) => isWithin(name, base));
    return !isPermitted || excluded.some((base) => touches(name, base));
  });
  if (forbidden === undefined) return undefined;
  if (forbidden.kind === 'dns') return forbidden.text;
  return forbidden.kind === 'directory' ? subjectText : `a name of the form ${forbidden.kind}`;
}

function isSameForm(a: AlternativeName, b: AlternativeName): boolean {
  if (a.kind === 'other') return b.kind === 'other' && a.tag === b.tag;
  if (a.kind === 'ip') return b.kind === 'ip' && a.octets.length === 2 * b.octets.length;
  return a.kind === b.kind;
}

/** Whether all that the name stands for is below the base. */
function isWithin(name: AlternativeName, base: AlternativeName): boolean {
  if (name.kind === 'dns' && base.kind === 'dns') return isBelow(name.text, base.text);
  if (name.kind === 'directory' && base.kind === 'directory') {
    return base.parts.every((part, i) => part === name.parts[i]);
  }
  if (name.kind !== 'ip' || base.kind !== 'ip') return false;
  const { length } = name.octets;
  if (base.octets.length !== 2 * length) return false;
  return name.octets.every((o, i) => ((o ^ base.octets[i]!) & base.octets[length + i]!) === 0);
}

/**
 * Whether anything that the name stands for is below the base. Of mail addresses and URIs we cannot
 * tell, and then the certificate is not to be used (RFC 5280 §4.2.1.10).
 */
function touches(name: AlternativeName, base: AlternativeName): boolean {
  if (name.kind === 'other') return isSameForm(name, base);
  if (isWithin(name, base)) return true;
  return name.kind === 'dns' && base.kind === 'dns' && patternMatches(name.text, base.text);
}

/** The base itself, or labels in front of it; with a dot in front of the base at least one. */
function isBelow(name: string, base: string): boolean {
  const [given, bound] = [name.toLowerCase(), base.toLowerCase()];
  if (bound === '' || given === bound) return true;
  return given.endsWith(bound.startsWith('.') ? bound : `.${bound}`);
}
