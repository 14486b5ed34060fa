/** Extensions by name and number, and where RFC 8446 §4.2 lets each stand. */
export const EXTENSION = {
  server_name: 0,
  max_fragment_length: 1,
  status_request: 5,
  supported_groups: 10,
  ec_point_formats: 11,
  signature_algorithms: 13,
  use_srtp: 14,
  heartbeat: 15,
  application_layer_protocol_negotiation: 16,
  signed_certificate_timestamp: 18,
  client_certificate_type: 19,
  server_certificate_type: 20,
  padding: 21,
  encrypt_then_mac: 22,
  extended_master_secret: 23,
  session_ticket: 35,
  pre_shared_key: 41,
  early_data: 42,
  supported_versions: 43,
  cookie: 44,
  psk_key_exchange_modes: 45,
  certificate_authorities: 47,
  oid_filters: 48,
  post_handshake_auth: 49,
  signature_algorithms_cert: 50,
  key_share: 51,
  renegotiation_info: 0xff01,
} as const;

export type ExtensionName = keyof typeof EXTENSION;

/** Messages that carry extensions; `SH2` is a ServerHello of TLS 1.2. */
export type ExtensionPlace = 'CH' | 'SH' | 'EE' | 'CT' | 'CR' | 'NST' | 'HRR' | 'SH2';

const PLACES: { readonly [Name in ExtensionName]: string } = {
  server_name: 'CH EE SH2',
  max_fragment_length: 'CH EE SH2',
  status_request: 'CH CR CT SH2',
  supported_groups: 'CH EE',
  ec_point_formats: 'CH SH2',
  signature_algorithms: 'CH CR',
  use_srtp: 'CH EE SH2',
  heartbeat: 'CH EE SH2',
  application_layer_protocol_negotiation: 'CH EE SH2',
  signed_certificate_timestamp: 'CH CR CT SH2',
  client_certificate_type: 'CH EE SH2',
  server_certificate_type: 'CH EE SH2',
  padding: 'CH',
  encrypt_then_mac: 'CH SH2',
  extended_master_secret: 'CH SH2',
  session_ticket: 'CH SH2',
  pre_shared_key: 'CH SH',
  early_data: 'CH EE NST',
  supported_versions: 'CH SH HRR',
  cookie: 'CH HRR',
  psk_key_exchange_modes: 'CH',
  certificate_authorities: 'CH CR',
  oid_filters: 'CR',
  post_handshake_auth: 'CH',
  signature_algorithms_cert: 'CH CR',
  key_share: 'CH SH HRR',
  renegotiation_info: 'CH SH2',
};

const NAMES = new Map<number, ExtensionName>(
  Object.entries(EXTENSION).map(([name, type]) => [type, name as ExtensionName]),
);

/** The name of an extension, or its number where it has none. */
export function extensionText(type: number): string {
  return NAMES.get(type) ?? `extension ${type}`;
}

/** Whether we know the extension, and that it has no place in such a message. */
export function isMisplaced(type: number, place: ExtensionPlace): boolean {
  const name = NAMES.get(type);
  return name !== undefined && !PLACES[name].split(' ').includes(place);
}
