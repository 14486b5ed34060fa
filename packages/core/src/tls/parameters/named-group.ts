/** Groups for the key agreement (RFC 8446 §4.2.7, RFC 8422 §5.1.1). */
import type { GroupName } from '../crypto/provider.ts';

/** All groups, in our order of preference. */
export const GROUPS: readonly GroupName[] = ['X25519', 'P-256', 'P-384'];

export const GROUP_CODES: { readonly [Name in GroupName]: number } = {
  X25519: 0x001d,
  'P-256': 0x0017,
  'P-384': 0x0018,
};

/** The octets of a public key in each group (RFC 8446 §4.2.8.2). */
export const SHARE_LENGTHS: { readonly [Name in GroupName]: number } = {
  X25519: 32,
  'P-256': 65,
  'P-384': 97,
};

/** The group with this number, if it is one of ours. */
export function groupOf(code: number): GroupName | undefined {
  return GROUPS.find((name) => GROUP_CODES[name] === code);
}
