/** One root, one leaf, and the verdict on a leaf in which something is odd. */
import {
  altNames,
  authority,
  dnsName,
  forge,
  party,
  verdict,
  type Party,
  type Wanted,
} from './forge.ts';

export const ROOT = party('Root');
export const ROOT_DER = forge(ROOT, ROOT, { extensions: [authority()] });
export const LEAF = party('leaf');
export const SAN = altNames(dnsName('server.example'));

export const FINE = 'path of 2';
export const MALFORMED = 'bad_certificate (PKI-01)';

/** The verdict for the host server.example. */
export function judge(wanted: Wanted, subject: Party = LEAF): string {
  return verdict([forge(ROOT, subject, wanted)], [ROOT_DER], { host: 'server.example' });
}
