/**
 * Certificates that were read lately. A server sends the same chain on every connection: the same
 * octets give the same object, so that what was found out about it once (its key in another library's
 * form, the key that made its signature) is found again.
 *
 * Reading is a pure function of the octets: nothing but the time it takes shows that they are kept.
 */
import { latin1Text } from '../../base/bytes.ts';
import { MAX_KNOWN_CERTIFICATES, MAX_KNOWN_CERTIFICATE_BYTES } from '../limits.ts';
import { parseCertificate, type Certificate } from './certificate.ts';

/** By their octets, the one that was not asked for longest in front. */
const known = new Map<string, Certificate>();

/**
 * The certificate; undefined when the octets are none in DER. Whoever gets the object shares it: its
 * octets are a copy, and nobody changes them.
 */
export function readCertificate(der: Uint8Array): Certificate | undefined {
  if (der.length > MAX_KNOWN_CERTIFICATE_BYTES) return parseCertificate(der);
  const name = latin1Text(der);
  const certificate = known.get(name) ?? parseCertificate(der.slice());
  if (certificate === undefined) return undefined;
  known.delete(name);
  known.set(name, certificate);
  if (known.size > MAX_KNOWN_CERTIFICATES) known.delete(known.keys().next().value!);
  return certificate;
}
