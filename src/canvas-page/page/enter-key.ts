/** Calls `action` when Enter is pressed where it does nothing by itself, if `applies`. */
export function onEnter(applies: () => boolean, action: () => void): void {
  document.addEventListener('keydown', (event) => {
    const { target, key, repeat, ctrlKey, metaKey, altKey } = event;
    if (key !== 'Enter' || repeat || ctrlKey || metaKey || altKey || !applies()) return;
    if (target instanceof Element && target.closest('button, input, select, textarea, a, summary')) return;
    event.preventDefault();
    action();
  });
}
