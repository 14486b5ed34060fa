/** RFC 6265 §5.1.4: the path of a cookie that was set without one. */

/** The "directory" of the request's path. @param uriPath the path without the query. */
export function defaultPath(uriPath: string): string {
  if (!uriPath.startsWith('/')) return '/';
  const lastSlash = uriPath.lastIndexOf('/');
  return lastSlash === 0 ? '/' : uriPath.slice(0, lastSlash);
}
