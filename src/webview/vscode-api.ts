/** The one object that a webview may ask VS Code for. */
declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const api = acquireVsCodeApi();

/** What sends messages to the extension. */
export function poster<M>(): (message: M) => void {
  return (message) => api.postMessage(message);
}
