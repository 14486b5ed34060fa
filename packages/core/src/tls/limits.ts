/** Every limit of the TLS endpoints in one place. */

/** RFC 8446 §5.1: a TLSPlaintext fragment is at most 2^14 octets. */
export const MAX_PLAINTEXT = 16_384;
/** RFC 8446 §5.2: AEAD expansion and padding add at most 256 octets to a record. */
export const MAX_EXPANSION_13 = 256;
/** RFC 5246 §6.2.3: protection adds at most 2048 octets to a record. */
export const MAX_EXPANSION_12 = 2_048;
/**
 * The longest handshake message taken. A ClientHello with all vectors full, extensions of 64 KiB
 * among them, has 131,396 octets.
 */
export const MAX_HANDSHAKE_MESSAGE = 131_584;
/** The longest hash of any suite: what a Finished holds at most. */
export const MAX_HASH_LENGTH = 64;
/** Certificates that the peer may send; most of them are of no use (RFC 8446 §4.4.2). */
export const MAX_PRESENTED_CERTIFICATES = 100;
/** Certificates of one certification path. */
export const MAX_PATH_LENGTH = 10;
/** Signatures tried while a certification path is sought. */
export const MAX_PATH_SIGNATURES = 32;
/** Octets of one certificate. */
export const MAX_CERTIFICATE_BYTES = 65_536;
/**
 * Certificates that are kept as they were read (more than a platform trusts by itself), and the octets
 * of one that is worth keeping.
 */
export const MAX_KNOWN_CERTIFICATES = 256;
export const MAX_KNOWN_CERTIFICATE_BYTES = 4_096;
/** Extensions in one message or certificate. */
export const MAX_EXTENSIONS = 20_000;
/**
 * Records without a single octet of data that may follow one another: they may be there to hide when
 * data flows (RFC 8446 §5.4), so the limit is far from what anybody needs for that.
 */
export const MAX_EMPTY_RECORDS = 1_024;
/** change_cipher_spec records that are dropped for middleboxes' sake in one handshake (RFC 8446 §5). */
export const MAX_COMPATIBILITY_CCS = 32;
/** Alerts of the level warning that may follow one another. */
export const MAX_WARNING_ALERTS = 4;
/**
 * KeyUpdate messages that may follow one another without application data between them. RFC 8446
 * §4.6.3 names no limit; many that are under way together are answered with one.
 */
export const MAX_KEY_UPDATES = 1_024;
/** NewSessionTicket messages taken on one connection. */
export const MAX_TICKETS = 64;
/** Octets of a ticket that is kept or made: a ClientHello must have room for it. */
export const MAX_TICKET_BYTES = 16_384;
/** RFC 8446 §4.1.2: octets of all extensions of a ClientHello. */
export const MAX_EXTENSION_BLOCK = 65_535;
/** Octets of the names in a CertificateRequest: its other extensions have room beside them. */
export const MAX_AUTHORITY_NAMES_BYTES = 65_280;
/** RFC 8446 §4.6.1: a ticket lives at most seven days. */
export const MAX_TICKET_LIFETIME_SECONDS = 604_800;
/** PSKs of one ClientHello whose tickets are opened. */
export const MAX_PSK_IDENTITIES = 8;
/** RFC 8446 §5.5: records under one key before it is updated: AES-GCM is safe for 2^24.5. */
export const RECORDS_PER_KEY = 16_777_216;
/** Decrypted application data that waits for its reader inside one TLS stream, in octets. */
export const STREAM_READ_BUFFER = 262_144;
/** Protected octets that wait for room in the stream below. */
export const STREAM_WRITE_BUFFER = 65_536;
/** Octets of refused early data a server skips at least (RFC 8446 §4.2.10), and what records add. */
export const SKIPPED_EARLY_DATA = 16_384;
export const SKIPPED_EXPANSION = 4_096;
/** RSA moduli taken, in bits. */
export const MIN_RSA_BITS = 1_024;
export const MAX_RSA_BITS = 8_192;
