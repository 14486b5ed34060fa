/** The authorities that a server names in its CertificateRequest (RFC 8446 §4.2.4, RFC 5246 §7.4.4). */
import { toHex } from '../../base/bytes.ts';
import { MAX_AUTHORITY_NAMES_BYTES } from '../limits.ts';
import type { ServerSettings } from './server-settings.ts';

/**
 * The names of all anchors for clients, each once. Servers of OpenSSL and Node name those whom they were
 * told to trust as well: a client with several certificates cannot choose otherwise. Too many names for
 * the message are none, which means that any will do.
 */
export function trustedNames({ anchors }: ServerSettings): readonly Uint8Array[] {
  const names = [...new Map(anchors.map(({ subject }) => [toHex(subject), subject])).values()];
  const octets = names.reduce((sum, name) => sum + name.length + 2, 0);
  return octets > MAX_AUTHORITY_NAMES_BYTES ? [] : names;
}
