/**
 * Which domains belong to a registry and not to a site (RFC 6265 §5.3 step 5, note).
 *
 * The real list has ten thousand lines and changes every week, so it is handed in: wrap whatever
 * list there is in this interface. Without one, a name of a single label counts as a suffix.
 */
import { isIpAddress } from './domain-match.ts';

export interface PublicSuffixes {
  /** `domain` is canonicalized, without a leading dot. */
  isPublicSuffix(domain: string): boolean;
}

/** The default: top-level names are suffixes (`com`, but not `co.uk`, which only a list can tell). */
export const SINGLE_LABEL_SUFFIXES: PublicSuffixes = {
  isPublicSuffix: (domain) => !domain.includes('.') && !isIpAddress(domain),
};

/** No domain is refused: what RFC 6265 calls a user agent not configured to reject suffixes. */
export const NO_PUBLIC_SUFFIXES: PublicSuffixes = { isPublicSuffix: () => false };

/** A fixed list on top of the single labels, e.g. `publicSuffixes(['co.uk', 'github.io'])`. */
export function publicSuffixes(list: readonly string[]): PublicSuffixes {
  const listed = new Set(list);
  return {
    isPublicSuffix: (domain) => listed.has(domain) || SINGLE_LABEL_SUFFIXES.isPublicSuffix(domain),
  };
}

/** The public suffix of a host and one label more; the host itself where it has no such. */
export function registrableDomain(host: string, suffixes: PublicSuffixes): string {
  if (isIpAddress(host)) return host;
  const labels = host.split('.');
  for (let i = 0; i < labels.length; i += 1) {
    if (!suffixes.isPublicSuffix(labels.slice(i).join('.'))) continue;
    return labels.slice(Math.max(0, i - 1)).join('.');
  }
  return host;
}
