/** Certificate (RFC 8446 §4.4.2; RFC 5246 §7.4.2) and CertificateVerify (RFC 8446 §4.4.3). */
import { concatBytes, EMPTY_BYTES, latin1Bytes } from '../../base/bytes.ts';
import { Reader } from '../codec/reader.ts';
import { Writer } from '../codec/writer.ts';
import type { TlsVersion } from '../parameters/version.ts';
import { Refusal } from '../refusal.ts';
import { checkPlaces, checkSolicited, readExtensions } from './extensions.ts';
import { encodeMessage, malformed, parseBody, type HandshakeMessage } from './message.ts';

export interface CertificateMessage {
  /** Echoes the CertificateRequest; empty from a server. */
  readonly context: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

export function writeCertificate(
  version: TlsVersion,
  { context, chain }: CertificateMessage,
): HandshakeMessage {
  const writer = new Writer();
  if (version === 'TLS 1.3') writer.vector(1, context);
  writer.vector(3, () => {
    for (const der of chain) {
      writer.vector(3, der);
      if (version === 'TLS 1.3') writer.u16(0);
    }
  });
  return encodeMessage('Certificate', writer.toBytes());
}

export function readCertificate(
  version: TlsVersion,
  message: HandshakeMessage,
): CertificateMessage | Refusal {
  return parseBody('the Certificate', message.body, (reader) => {
    const context = version === 'TLS 1.3' ? reader.vector8() : EMPTY_BYTES;
    const list = new Reader(reader.vector24());
    const chain: Uint8Array[] = [];
    while (list.remaining > 0) {
      chain.push(list.vector24(1));
      const refused = version === 'TLS 1.3' ? readEntryExtensions(list) : undefined;
      if (refused !== undefined) return refused;
    }
    return list.failed ? malformed('the certificate list') : { context, chain };
  });
}

/** We ask for no status and no timestamps: every known extension here is unsolicited. */
function readEntryExtensions(list: Reader): Refusal | undefined {
  const extensions = readExtensions(list);
  if (extensions instanceof Refusal) return extensions;
  return checkPlaces(extensions, 'CT') ?? checkSolicited(extensions, NOTHING_OFFERED);
}

const NOTHING_OFFERED: ReadonlySet<number> = new Set();

export interface CertificateVerifyMessage {
  readonly scheme: number;
  readonly signature: Uint8Array;
}

export function writeCertificateVerify(verify: CertificateVerifyMessage): HandshakeMessage {
  const body = new Writer().u16(verify.scheme).vector(2, verify.signature).toBytes();
  return encodeMessage('CertificateVerify', body);
}

export function readCertificateVerify(
  message: HandshakeMessage,
): CertificateVerifyMessage | Refusal {
  return parseBody('the CertificateVerify', message.body, (reader) => ({
    scheme: reader.u16(),
    signature: reader.vector16(),
  }));
}

/** What TLS 1.3 signs: 64 spaces, a context string, a zero, the transcript's hash. */
export function signedContent(signer: 'client' | 'server', transcriptHash: Uint8Array): Uint8Array {
  const text = latin1Bytes(`TLS 1.3, ${signer} CertificateVerify`);
  return concatBytes([new Uint8Array(64).fill(0x20), text, Uint8Array.of(0), transcriptHash]);
}
