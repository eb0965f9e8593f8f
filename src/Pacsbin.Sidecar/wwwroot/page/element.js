/** Makes an element. Children that are texts become text, never markup; members that are undefined, null or false are left out. */
export function element(tag, members = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined || value === null || value === false) {
      continue;
    }
    if (name.startsWith('on')) {
      made.addEventListener(name.slice(2), value);
    } else if (name.includes('-') || !(name in made)) {
      made.setAttribute(name, value === true ? '' : value);
    } else {
      made[name] = value;
    }
  }
  made.append(...children.flat().filter(child => child !== undefined && child !== null && child !== false));
  return made;
}

/** A button. */
export function button(text, onclick, members = {}) {
  return element('button', { type: 'button', onclick, ...members }, text);
}

/** A field with its label. */
export function field(label, input) {
  return element('label', { className: 'field' }, element('span', {}, label), input);
}

/** A number with its noun. */
export function count(number, noun, several = `${noun}s`) {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : several}`;
}
