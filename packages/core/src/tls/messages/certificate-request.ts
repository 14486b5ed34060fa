/** CertificateRequest of TLS 1.3 (RFC 8446 §4.3.2) and of TLS 1.2 (RFC 5246 §7.4.4). */
import { EMPTY_BYTES } from '../../base/bytes.ts';
import { Reader } from '../codec/reader.ts';
import { Writer } from '../codec/writer.ts';
import type { KeyKind } from '../crypto/provider.ts';
import type { TlsVersion } from '../parameters/version.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { checkPlaces, extension, readExtensions, readOne, writeExtensions } from './extensions.ts';
import { encodeMessage, parseBody, type HandshakeMessage } from './message.ts';

export interface CertificateRequest {
  /** TLS 1.2: kinds of certificates that the server takes. TLS 1.3 has no such list. */
  readonly types?: Uint8Array;
  readonly context: Uint8Array;
  /** Signature schemes that the server verifies. */
  readonly schemes: readonly number[];
  /** Those that it verifies in certificates, where they are others. */
  readonly certificateSchemes?: readonly number[] | undefined;
  /** Names in DER of authorities that the server trusts; empty where it does not say. */
  readonly authorities: readonly Uint8Array[];
}

/** ClientCertificateType (RFC 5246 §7.4.4, RFC 8422 §5.5); Ed25519 counts as ecdsa_sign. */
const RSA_SIGN = 1;
const ECDSA_SIGN = 64;
const CERTIFICATE_TYPES = Uint8Array.of(RSA_SIGN, ECDSA_SIGN);

/** RFC 5246 §7.4.6: the key of the certificate is of a kind that the request lists. */
export function takesKey({ types }: CertificateRequest, kind: KeyKind): boolean {
  return types?.includes(kind === 'RSA' ? RSA_SIGN : ECDSA_SIGN) ?? true;
}

export function writeCertificateRequest(
  version: TlsVersion,
  request: CertificateRequest,
): HandshakeMessage {
  const writer = new Writer();
  const authorities = (): void => {
    for (const name of request.authorities) writer.vector(2, name);
  };
  if (version === 'TLS 1.2') {
    writer.vector(1, CERTIFICATE_TYPES).list16(request.schemes).vector(2, authorities);
  } else {
    const extensions = [extension('signature_algorithms', (w) => w.list16(request.schemes))];
    if (request.authorities.length > 0) {
      extensions.push(
        extension('certificate_authorities', (w) =>
          w.vector(2, () => {
            for (const name of request.authorities) w.vector(2, name);
          }),
        ),
      );
    }
    writeExtensions(writer.vector(1, request.context), extensions);
  }
  return encodeMessage('CertificateRequest', writer.toBytes());
}

export function readCertificateRequest(
  version: TlsVersion,
  message: HandshakeMessage,
): CertificateRequest | Refusal {
  return parseBody('the CertificateRequest', message.body, version === 'TLS 1.2' ? read12 : read13);
}

function read12(reader: Reader): CertificateRequest | Refusal {
  const types = reader.vector8(1);
  const schemes = reader.list16();
  const authorities = readNames(reader, 0);
  return { types, context: EMPTY_BYTES, schemes, authorities };
}

function read13(reader: Reader): CertificateRequest | Refusal {
  const context = reader.vector8();
  const extensions = readExtensions(reader);
  if (extensions instanceof Refusal) return extensions;
  const misplaced = checkPlaces(extensions, 'CR');
  if (misplaced !== undefined) return misplaced;
  const schemes = readOne(extensions, 'signature_algorithms', (r) => r.list16());
  const authorities = readOne(extensions, 'certificate_authorities', (r) => readNames(r, 3)) ?? [];
  const certificateSchemes = readOne(extensions, 'signature_algorithms_cert', (r) => r.list16());
  if (schemes instanceof Refusal) return schemes;
  if (certificateSchemes instanceof Refusal) return certificateSchemes;
  if (authorities instanceof Refusal) return authorities;
  if (schemes === undefined) {
    const why = 'the CertificateRequest names no signature algorithms';
    return refuse('missing_extension', RULES.missingExtension, why);
  }
  return { context, schemes, certificateSchemes, authorities };
}

/** Names in DER, each of one octet or more (RFC 8446 §4.2.4). */
export function readNames(reader: Reader, least: number): Uint8Array[] {
  const list = new Reader(reader.vector16(least));
  const names: Uint8Array[] = [];
  while (list.remaining > 0) names.push(list.vector16(1));
  if (list.failed) reader.fail();
  return names;
}
