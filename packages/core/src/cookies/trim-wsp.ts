/**
 * Without the white space at both ends, which is space and tab only (RFC 5234 §B.1). What `trim` takes
 * besides can be an octet of a character in UTF-8. A loop, for a peer could make a pattern slow.
 */
export function trimWsp(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isWsp(text[from]!)) from += 1;
  while (to > from && isWsp(text[to - 1]!)) to -= 1;
  return text.slice(from, to);
}

function isWsp(character: string): boolean {
  return character === ' ' || character === '\t';
}
