/** The document of a view. Nothing but our own script and style may run or load in it. */

export interface HtmlOptions {
  /** Plain text without markup. */
  readonly title: string;
  readonly cspSource: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  /** Random, new for each document. */
  readonly nonce: string;
}

export function webviewHtml({ title, cspSource, scriptUri, styleUri, nonce }: HtmlOptions): string {
  const csp = [
    "default-src 'none'",
    `style-src ${cspSource} 'nonce-${nonce}'`,
    `font-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${csp}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" nonce="${nonce}" href="${styleUri}">
  <title>${title}</title>
</head>
<body>
  <main id="root"></main>
  <script nonce="${nonce}" src="${scriptUri}"></script>
</body>
</html>`;
}

const NONCE_BYTES = 18;

/** A random text for the content security policy. */
export function newNonce(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(NONCE_BYTES))).toString('base64url');
}
