import { button, element } from './element.js';

const said = document.getElementById('said');
const complaint = document.getElementById('complaint');

/** Says what has happened. */
export function say(text) {
  said.textContent = text;
}

/** Says what went wrong, until somebody has read it. */
export function complain(error) {
  if (error.name === 'AbortError' || error.status === 401) {
    return;
  }
  complaint.replaceChildren(error.message, button('Close', () => { complaint.hidden = true; }));
  complaint.hidden = false;
}

/** Does something that takes a while; its button is off meanwhile. */
export async function attempt(source, work) {
  complaint.hidden = true;
  source.disabled = true;
  source.setAttribute('aria-busy', 'true');
  try {
    await work();
  } catch (error) {
    complain(error);
  } finally {
    source.disabled = false;
    source.removeAttribute('aria-busy');
  }
}

/** Asks before something that cannot be undone; gives whether to do it. */
export function confirm(title, text, action) {
  return new Promise(resolve => {
    const dialog = element('dialog', { 'aria-labelledby': 'question', onclose: () => { resolve(dialog.returnValue === 'yes'); dialog.remove(); } },
      element('h2', { id: 'question' }, title),
      element('p', {}, text),
      element('div', { className: 'buttons' }, button('Cancel', () => dialog.close('no')), button(action, () => dialog.close('yes'), { className: 'strong' })));
    document.body.append(dialog);
    dialog.showModal();
  });
}
