/** GeneralNames (RFC 5280 §4.2.1.6): what subjectAltName lists and nameConstraints bound. */
import { latin1Text } from '../../base/bytes.ts';
import type { DerReader } from './der-reader.ts';
import { readName } from './name.ts';

/** An entry of subjectAltName. TLS compares host names and addresses, constraints directories too. */
export type AlternativeName =
  | { readonly kind: 'dns'; readonly text: string }
  | { readonly kind: 'ip'; readonly octets: Uint8Array }
  | { readonly kind: 'directory'; readonly parts: readonly string[] }
  /** Mail addresses, URIs and what else is never compared, by the tag. */
  | { readonly kind: 'other'; readonly tag: number };

const DNS_NAME = 0x82;
const DIRECTORY_NAME = 0xa4;
const IP_ADDRESS = 0x87;
/** otherName, rfc822Name, x400Address, ediPartyName, URI, registeredID. */
const OTHERS: ReadonlySet<number> = new Set([0xa0, 0x81, 0xa3, 0xa5, 0x86, 0x88]);

/** subjectAltName: at least one name. */
export function readAlternativeNames(reader: DerReader): AlternativeName[] {
  const names: AlternativeName[] = [];
  const sequence = reader.inside();
  do {
    const name = readGeneralName(sequence);
    // An address of a certificate is one host: RFC 5280 §4.2.1.6 allows four octets or sixteen.
    if (name.kind === 'ip' && name.octets.length !== 4 && name.octets.length !== 16) reader.fail();
    names.push(name);
  } while (sequence.more);
  return names;
}

export function readGeneralName(reader: DerReader): AlternativeName {
  if (reader.peek() === DIRECTORY_NAME) {
    const explicit = reader.inside(DIRECTORY_NAME);
    const { parts } = readName(explicit);
    explicit.end();
    return { kind: 'directory', parts };
  }
  const { tag, contents } = reader.element();
  if (tag === DNS_NAME) {
    // IA5String has no octet above 127.
    if (contents.some((octet) => octet > 0x7f)) reader.fail();
    return { kind: 'dns', text: latin1Text(contents) };
  }
  if (tag === IP_ADDRESS) return { kind: 'ip', octets: contents };
  if (!OTHERS.has(tag)) reader.fail();
  return { kind: 'other', tag };
}

/** A host name or an address, for people; undefined for what is neither. */
export function alternativeText(name: AlternativeName): string | undefined {
  if (name.kind === 'dns') return name.text;
  return name.kind === 'ip' ? ipText(name.octets) : undefined;
}

function ipText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (octets[2 * i]! << 8) | octets[2 * i + 1]!);
  return groups.map((group) => group.toString(16)).join(':');
}
