/** The peer's Certificate and CertificateVerify, checked the same way by both sides. */
import type { PublicKey } from '../crypto/provider.ts';
import { keyText } from '../crypto/pss-key.ts';
import type { CertificateVerifyMessage } from '../messages/certificate.ts';
import { schemeFits, schemeOf, schemeText } from '../parameters/signature-scheme.ts';
import type { TlsVersion } from '../parameters/version.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { readChain, verifyChain } from '../x509/verify-chain.ts';
import type { Channel } from './channel.ts';

/** Whose key will sign, and the chain as it was sent. */
export interface PeerCertificate {
  readonly key: PublicKey;
  readonly chain: readonly Uint8Array[];
}

export interface PeerDemands {
  readonly purpose: 'server' | 'client';
  readonly host: string | undefined;
  /** Takes any chain whose leaf can be read. */
  readonly insecure: boolean;
}

export function checkPeerChain(
  channel: Channel,
  chain: readonly Uint8Array[],
  demands: PeerDemands,
): PeerCertificate | Refusal {
  const certificates = readChain(chain);
  if (certificates instanceof Refusal) return certificates;
  const { crypto, anchors, revocationLists, epochSeconds } = channel.settings;
  const at = epochSeconds + Math.floor(channel.now / 1_000_000);
  const { purpose, host } = demands;
  const verified = demands.insecure
    ? undefined
    : verifyChain(certificates, {
        anchors,
        revocationLists,
        at,
        purpose,
        crypto,
        ...(host === undefined ? {} : { host }),
      });
  if (verified instanceof Refusal) return verified;
  const key = certificates[0]?.publicKey;
  if (key === undefined) {
    const why = 'the key of the certificate is of a kind that is not supported';
    return refuse('unsupported_certificate', RULES.malformedCertificate, why);
  }
  return { key, chain };
}

/** A client's chain, as a server checks it in every version. */
export function checkClientChain(
  channel: Channel,
  chain: readonly Uint8Array[],
): PeerCertificate | Refusal {
  return checkPeerChain(channel, chain, { purpose: 'client', host: undefined, insecure: false });
}

/**
 * Whether a server does without the certificate of a client that shows none. The alert is
 * certificate_required (RFC 8446 §4.4.2.4), before TLS 1.3 handshake_failure (RFC 5246 §7.4.6).
 */
export function checkAnonymous(
  version: TlsVersion,
  demand: 'none' | 'request' | 'require',
): Refusal | undefined {
  if (demand !== 'require') return undefined;
  const alert = version === 'TLS 1.3' ? 'certificate_required' : 'handshake_failure';
  const why = 'the client shows no certificate, and this server demands one';
  return refuse(alert, RULES.certificateRequired, why);
}

/** Checks a signature over `content`: scheme offered, scheme fits the key, signature valid. */
export function checkSignature(
  channel: Channel,
  version: TlsVersion,
  key: PublicKey,
  { scheme: code, signature, content }: CertificateVerifyMessage & { readonly content: Uint8Array },
): Refusal | undefined {
  const scheme = schemeOf(code);
  const offered = channel.settings.schemes.some((one) => one.code === code);
  if (scheme === undefined || !offered || !schemeFits(scheme, key, version)) {
    const why = `${schemeText(code)} with a ${keyText(key)} key is not what was offered`;
    return refuse('illegal_parameter', RULES.signatureScheme, why);
  }
  if (channel.settings.crypto.verify(scheme.algorithm, key, content, signature)) return undefined;
  const why = `the signature by ${scheme.name} over the handshake is not valid`;
  return refuse('decrypt_error', RULES.certificateVerify, why);
}
