import type { ViewMessage } from './protocol/messages';

/** The one object that a webview may ask VS Code for. */
declare function acquireVsCodeApi(): { postMessage(message: unknown): void };

const api = acquireVsCodeApi();

/** Sends a message to the extension. */
export function post(message: ViewMessage): void {
  api.postMessage(message);
}
