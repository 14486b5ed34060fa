/** RFC 6265 §5.1.2: the one spelling in which host names are compared. */
import { punycode } from './punycode.ts';

/**
 * Lower case, every label with characters outside US-ASCII as its A-label (`xn--…`).
 *
 * Simplified: a label is lowered and normalised to NFC before it is encoded; the mapping and
 * validity tables of IDNA 2008 (RFC 5892) are not here, so a disallowed character is encoded too.
 */
export function canonicalizedHostName(host: string): string {
  return host.split('.').map(canonicalizedLabel).join('.');
}

function canonicalizedLabel(label: string): string {
  const lowered = label.toLowerCase();
  for (let i = 0; i < lowered.length; i += 1) {
    if (lowered.charCodeAt(i) >= 0x80) return `xn--${punycode(lowered.normalize('NFC'))}`;
  }
  return lowered;
}
