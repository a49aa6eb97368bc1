/** Small helpers to make and change elements. Text always goes in as text, never as HTML. */

type Attributes = Readonly<Record<string, string | undefined>>;

/** Makes an element with attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Sets an element's text unless it is that already: what has not changed is neither painted nor read out again. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** Sets or removes an attribute, only if it changes. */
export function setAttribute(target: Element, name: string, value: string | undefined): void {
  if (value === undefined) target.removeAttribute(name);
  else if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/**
 * Makes `children` the children of `parent`, in this order. The element with the focus (or the one that holds it) is
 * not moved itself, as that would take the focus away: the others are moved around it.
 */
export function arrange(parent: Element, children: readonly Element[]): void {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  const fixed = children.findIndex((child) => child.parentElement === parent && child.contains(document.activeElement));
  let next: Element | null = fixed < 0 ? null : (children[fixed] ?? null);
  for (const child of children.slice(0, Math.max(0, fixed)).reverse()) {
    if (child.nextElementSibling !== next || child.parentElement !== parent) parent.insertBefore(child, next);
    next = child;
  }
  let previous: Element | null = fixed < 0 ? null : (children[fixed] ?? null);
  for (const child of children.slice(fixed + 1)) {
    const place: Element | null = previous ? previous.nextElementSibling : parent.firstElementChild;
    if (place !== child) parent.insertBefore(child, place);
    previous = child;
  }
}
