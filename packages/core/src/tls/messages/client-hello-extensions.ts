/** What the extensions of a ClientHello say, each read by the syntax of its RFC. */
import { latin1Bytes, latin1Text } from '../../base/bytes.ts';
import { Reader } from '../codec/reader.ts';
import type { Writer } from '../codec/writer.ts';
import { refuse, Refusal } from '../refusal.ts';
import { RULES } from '../rules.ts';
import { readNames } from './certificate-request.ts';
import { checkPlaces, readOne, type Extensions } from './extensions.ts';
import { MESSAGE_HEADER, type HandshakeMessage } from './message.ts';

interface KeyShare {
  readonly group: number;
  readonly key: Uint8Array;
}

export interface PskIdentity {
  readonly identity: Uint8Array;
  readonly obfuscatedAge: number;
}

export interface PskOffer {
  readonly identities: readonly PskIdentity[];
  readonly binders: readonly Uint8Array[];
  /** Octets of the binders with their length, at the very end of the message. */
  readonly bindersLength: number;
}

/** Absent extensions are undefined. */
export interface HelloExtensions {
  readonly versions: readonly number[] | undefined;
  readonly serverName: string | undefined;
  readonly groups: readonly number[] | undefined;
  readonly schemes: readonly number[] | undefined;
  readonly certificateSchemes: readonly number[] | undefined;
  /** Names in DER. */
  readonly authorities: readonly Uint8Array[] | undefined;
  readonly protocols: readonly string[] | undefined;
  readonly keyShares: readonly KeyShare[] | undefined;
  readonly pskModes: readonly number[] | undefined;
  readonly psk: PskOffer | undefined;
  readonly cookie: Uint8Array | undefined;
  readonly earlyData: boolean;
  readonly extendedMasterSecret: boolean;
  readonly renegotiationInfo: Uint8Array | undefined;
  readonly ticket: Uint8Array | undefined;
  readonly pointFormats: Uint8Array | undefined;
}

const list = (reader: Reader): number[] => reader.list16();
const empty = (): true => true;
/** RFC 6066 §3: the only kind of name there is. */
const HOST_NAME = 0;

export function readHelloExtensions(extensions: Extensions): HelloExtensions | Refusal {
  const found = {
    versions: readOne(extensions, 'supported_versions', readVersions),
    serverName: readOne(extensions, 'server_name', readServerName),
    groups: readOne(extensions, 'supported_groups', list),
    schemes: readOne(extensions, 'signature_algorithms', list),
    certificateSchemes: readOne(extensions, 'signature_algorithms_cert', list),
    authorities: readOne(extensions, 'certificate_authorities', (r) => readNames(r, 3)),
    protocols: readOne(extensions, 'application_layer_protocol_negotiation', readProtocols),
    keyShares: readOne(extensions, 'key_share', readKeyShares),
    pskModes: readOne(extensions, 'psk_key_exchange_modes', (r) => [...r.vector8(1)]),
    psk: readOne(extensions, 'pre_shared_key', readPskOffer),
    cookie: readOne(extensions, 'cookie', (r) => r.vector16(1)),
    earlyData: readOne(extensions, 'early_data', empty) ?? false,
    extendedMasterSecret: readOne(extensions, 'extended_master_secret', empty) ?? false,
    renegotiationInfo: readOne(extensions, 'renegotiation_info', (r) => r.vector8()),
    ticket: readOne(extensions, 'session_ticket', (r) => r.rest()),
    pointFormats: readOne(extensions, 'ec_point_formats', (r) => r.vector8(1)),
  };
  const refused = firstRefusal(found) ?? checkUnused(extensions) ?? checkKeyShares(found.keyShares);
  return refused ?? checkPlaces(extensions, 'CH') ?? (found as HelloExtensions);
}

/** What changes nothing here must follow its syntax all the same. */
function checkUnused(extensions: Extensions): Refusal | undefined {
  return firstRefusal({ unused: readOne(extensions, 'post_handshake_auth', empty) });
}

function firstRefusal(found: object): Refusal | undefined {
  return Object.values(found).find((value) => value instanceof Refusal) as Refusal | undefined;
}

/** RFC 8446 §4.2.8: at most one share for a group. */
function checkKeyShares(shares: readonly KeyShare[] | Refusal | undefined): Refusal | undefined {
  if (shares === undefined || shares instanceof Refusal) return undefined;
  const groups = new Set(shares.map((share) => share.group));
  if (groups.size === shares.length) return undefined;
  const why = 'the ClientHello has two key shares for one group';
  return refuse('illegal_parameter', RULES.keyShare, why);
}

function readVersions(reader: Reader): number[] {
  const items = new Reader(reader.vector8(2, 254));
  const versions: number[] = [];
  while (items.remaining > 0) versions.push(items.u16());
  if (items.failed) reader.fail();
  return versions;
}

/** The host name (RFC 6066 §3), one name of each kind; names of other kinds are passed over. */
function readServerName(reader: Reader): string | Refusal | undefined {
  const list = new Reader(reader.vector16(1));
  const kinds = new Set<number>();
  let host: string | undefined;
  let isTwice = false;
  while (list.remaining > 0) {
    const kind = list.u8();
    const name = list.vector16(kind === HOST_NAME ? 1 : 0);
    isTwice ||= kinds.has(kind);
    kinds.add(kind);
    if (kind === HOST_NAME) host = latin1Text(name);
  }
  if (list.failed) reader.fail();
  if (!isTwice) return host;
  const why = 'server_name has two names of one kind';
  return refuse('illegal_parameter', RULES.oneName, why);
}

/** RFC 7301 §3.1: names of one octet or more, at least one. */
export function readProtocols(reader: Reader): string[] {
  const list = new Reader(reader.vector16(2));
  const names: string[] = [];
  while (list.remaining > 0) names.push(latin1Text(list.vector8(1)));
  if (list.failed) reader.fail();
  return names;
}

export function writeProtocols(writer: Writer, protocols: readonly string[]): void {
  writer.vector(2, () => {
    for (const name of protocols) writer.vector(1, latin1Bytes(name));
  });
}

function readKeyShares(reader: Reader): KeyShare[] {
  const list = new Reader(reader.vector16());
  const shares: KeyShare[] = [];
  while (list.remaining > 0) shares.push({ group: list.u16(), key: list.vector16(1) });
  if (list.failed) reader.fail();
  return shares;
}

/** RFC 8446 §4.2.11: as many binders of at least 32 octets as identities. */
function readPskOffer(reader: Reader): PskOffer {
  const identities: PskIdentity[] = [];
  const list = new Reader(reader.vector16(7));
  while (list.remaining > 0) {
    identities.push({ identity: list.vector16(1), obfuscatedAge: list.u32() });
  }
  const before = reader.remaining;
  const binders: Uint8Array[] = [];
  const second = new Reader(reader.vector16(33));
  while (second.remaining > 0) binders.push(second.vector8(32));
  if (list.failed || second.failed) reader.fail();
  return { identities, binders, bindersLength: before };
}

/** The part of a ClientHello that its binders cover (RFC 8446 §4.2.11.2). */
export function withoutBinders(message: HandshakeMessage, offer: PskOffer): Uint8Array {
  const end = message.bytes.length - offer.bindersLength;
  return message.bytes.subarray(0, Math.max(MESSAGE_HEADER, end));
}
