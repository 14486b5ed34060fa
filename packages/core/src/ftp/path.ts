/** Paths of the server's tree. They are text of names with `/` between, and begin at the root. */

/** Characters of a name at most. */
export const MAX_NAME_LENGTH = 255;
/** Names in a path at most. */
export const MAX_PATH_DEPTH = 64;

/**
 * The absolute path that `argument` means in the directory `from`. `..` at the root stays there
 * (FTP-32), so that no argument leads out of the tree.
 * @returns undefined when a name is too long, holds a control character, or the path is too deep
 */
export function resolvePath(from: string, argument: string): string | undefined {
  const start = argument.startsWith('/') ? [] : namesOf(from);
  const names = [...start];
  for (const name of argument.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else if (name.length > MAX_NAME_LENGTH || hasControl(name)) return undefined;
    else names.push(name);
  }
  return names.length > MAX_PATH_DEPTH ? undefined : `/${names.join('/')}`;
}

/** The names of an absolute path; none for the root. */
export function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

/** The directory in which an absolute path stands, and its name there; undefined for the root. */
export function splitPath(
  path: string,
): { readonly directory: string; readonly name: string } | undefined {
  const names = namesOf(path);
  const name = names.pop();
  return name === undefined ? undefined : { directory: `/${names.join('/')}`, name };
}

function hasControl(name: string): boolean {
  for (let i = 0; i < name.length; i += 1) {
    const code = name.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
