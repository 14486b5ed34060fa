/** A form with files, RFC 7578. */
import { concatBytes } from '../../base/bytes.ts';
import { CallError } from '../../base/errors.ts';
import { utf8Bytes } from '../../base/utf8.ts';

interface Part {
  readonly name: string;
  readonly content: Uint8Array;
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
}

export interface FileOptions {
  readonly filename?: string;
  /** @default `application/octet-stream` where there is a file name */
  readonly contentType?: string;
}

export class MultipartForm {
  readonly #parts: Part[] = [];

  /** Adds a field or a file. @throws CallError `invalid form` for line breaks in a content type */
  add(name: string, value: string | Uint8Array, options: FileOptions = {}): this {
    const { filename, contentType } = options;
    if (contentType !== undefined && /[\r\n]/.test(contentType)) {
      throw new CallError('invalid form', `the content type of ${name} holds a line break`);
    }
    const content = typeof value === 'string' ? utf8Bytes(value) : value;
    const fallback = filename === undefined ? undefined : 'application/octet-stream';
    this.#parts.push({ name, content, filename, contentType: contentType ?? fallback });
    return this;
  }

  /** @param boundary must not occur in any part; a random one does not. */
  encode(boundary: string): Uint8Array {
    const pieces: Uint8Array[] = [];
    for (const part of this.#parts) {
      const file = part.filename === undefined ? '' : `; filename="${quoted(part.filename)}"`;
      const type = part.contentType === undefined ? '' : `Content-Type: ${part.contentType}\r\n`;
      const disposition = `Content-Disposition: form-data; name="${quoted(part.name)}"${file}`;
      pieces.push(utf8Bytes(`--${boundary}\r\n${disposition}\r\n${type}\r\n`), part.content);
      pieces.push(utf8Bytes('\r\n'));
    }
    pieces.push(utf8Bytes(`--${boundary}--\r\n`));
    return concatBytes(pieces);
  }
}

/** As browsers write names (RFC 7578 §2): these three would end the quotation or the line. */
function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
