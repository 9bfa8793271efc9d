// Buttons inside an HTML part: what was pressed goes to the server as {verb, item}. Runs once per part.
let pressed = null;
const token = () => location.hash.slice(1);
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-verb]');
  if (!button || button.disabled) return;
  pressed = [button.dataset.verb, button.dataset.item];
  if (button.dataset.verb === 'candidate') {
    button.textContent = 'Comparing again …';
    button.disabled = true;
  }
  trigger('click', { verb: button.dataset.verb, item: button.dataset.item });
});
watch('value', () => {
  if (!pressed) return;
  const again = [...element.querySelectorAll('[data-verb]')].filter((b) => b.dataset.item === pressed[1] && !b.disabled);
  const next = again.find((b) => b.dataset.verb === pressed[0]) || again[0] || element.querySelector('input, h2');
  if (next) next.focus({ preventScroll: true });
  pressed = null;
});
// Files: dropped or chosen, sent one by one to this computer's own server, which says in words what it cannot take.
const say = (text) => { const line = element.querySelector('.uploading'); if (line) line.textContent = text; };
const send = (shelf, file) => new Promise((done) => {
  const request = new XMLHttpRequest();
  request.open('PUT', `/desk/${token()}/${shelf}?name=${encodeURIComponent(file.name)}`);
  request.upload.onprogress = (e) => say(`Adding ${file.name}: ${Math.floor((100 * e.loaded) / e.total)} %`);
  request.onload = () => done(request.status < 300 ? '' : request.responseText);
  request.onerror = () => done(`${file.name} did not arrive: the tool is not running any more, or the file was moved. Try again.`);
  request.send(file);
});
const room = async (file) => {
  const answer = await fetch(`/desk/${token()}/room?size=${file.size}`).catch(() => null);
  const words = answer && answer.ok ? await answer.text() : '';
  return words && `${file.name}: ${words}`;
};
const add = async (files) => {
  const section = element.querySelector('.shelf');
  const problems = [];
  for (const file of files) {
    const most = Number(section.dataset.most);
    const problem = file.size > most
      ? `${file.name} is larger than ${Math.round(most / 2 ** 30)} GB, the most that is taken here. Cut it into parts, or use the command line.`
      : (await room(file)) || (await send(section.dataset.shelf, file));
    if (problem) problems.push(problem);
  }
  say('');
  trigger('click', { verb: 'added', item: problems.join('\n') });
};
element.addEventListener('change', (event) => {
  if (event.target.type !== 'file' || !event.target.files.length) return;
  const files = [...event.target.files];
  event.target.value = '';
  add(files);
});
for (const kind of ['dragenter', 'dragover', 'dragleave', 'drop']) {
  element.addEventListener(kind, (event) => {
    const area = event.target.closest('.shelf');
    if (!area) return;
    event.preventDefault();
    area.classList.toggle('over', kind === 'dragenter' || kind === 'dragover');
    if (kind === 'drop' && event.dataTransfer.files.length) add([...event.dataTransfer.files]);
  });
}
