// The live call: asks for camera or screen, sends it to this computer's own peer, shows what it answers. Runs once.
const $ = (part) => element.querySelector(`[data-part="${part}"]`);
const button = (act) => element.querySelector(`[data-act="${act}"]`);
const field = (name) => element.querySelector(`[data-field="${name}"]`);
const live = { id: sessionStorage.getItem('verifier-live') || '', pc: null, stream: null, ending: false, tries: 0, polling: 0 };
window.verifierLive = live;
const ICE = JSON.parse(element.querySelector('.live').dataset.ice);
const MIC = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

const problem = (text) => { $('problem').hidden = !text; $('problem').textContent = text || ''; };
const show = (part) => { for (const p of ['before', 'call', 'after']) $(p).hidden = p !== part; };
const keep = (id) => { live.id = id; id ? sessionStorage.setItem('verifier-live', id) : sessionStorage.removeItem('verifier-live'); };
const ask = async (method, path, body) => {
  let answer;
  try {
    answer = await fetch(`/live/${path}`, { method, headers: body instanceof Blob || !body ? {} : { 'content-type': 'application/json' },
      body: body instanceof Blob ? body : body && JSON.stringify(body) });
  } catch { throw new Error('The tool does not answer. If it was stopped, start it again; what it had received is kept.'); }
  if (!answer.ok) throw Object.assign(new Error(await answer.text()), { status: answer.status });
  const text = await answer.text();
  return text ? JSON.parse(text) : {};
};
const REASONS = { NotAllowedError: 'The browser may not use it: allow camera and microphone (or the screen) for this page, then start again.',
  NotFoundError: 'No camera or no microphone was found. Connect one, or share the window of the call instead.',
  NotReadableError: 'Another program uses the camera or microphone. Close it, then start again.' };

const source = async () => {
  const kind = sessionStorage.getItem('verifier-live-source') || 'camera';
  if (!navigator.mediaDevices) throw new Error('This browser gives camera and screen to pages on this computer or over https only.');
  try {
    if (kind === 'camera') return await navigator.mediaDevices.getUserMedia({ audio: MIC, video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } } });
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 25 } }, audio: MIC });
    if (!stream.getAudioTracks().length) problem('The sound of the call is not shared. To have it, share a tab and tick its sound.');
    return stream;
  } catch (error) { throw new Error(REASONS[error.name] || `The picture could not be had (${error.name}).`); }
};

const pace = async (slow) => {
  for (const sender of live.pc?.getSenders() || []) {
    if (sender.track?.kind !== 'video') continue;
    const wanted = sender.getParameters();
    wanted.degradationPreference = 'maintain-resolution';
    for (const e of wanted.encodings) { e.maxBitrate = 2500000; e.maxFramerate = slow ? 10 : 30; }
    await sender.setParameters(wanted).catch(() => {});
  }
  live.slow = slow;
};

const dial = async () => {
  live.pc?.close();
  const pc = live.pc = new RTCPeerConnection({ iceServers: ICE });
  for (const track of live.stream.getTracks()) pc.addTrack(track, live.stream);
  pc.onconnectionstatechange = () => { if (pc === live.pc && ['failed', 'disconnected', 'closed'].includes(pc.connectionState)) lost(); };
  await pc.setLocalDescription(await pc.createOffer());
  await new Promise((done) => { if (pc.iceGatheringState === 'complete') done(); pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done(); setTimeout(done, 2000); });
  const { sdp, type } = pc.localDescription;
  const answer = await ask('POST', `${live.id}/offer`, { sdp, type });
  await pc.setRemoteDescription(answer);
  await pace(false);
  live.tries = 0;
};

// While it is being connected the tool says "not connected": that is no reason to begin another connection.
const connect = async () => { live.connecting = true; try { await dial(); } finally { live.connecting = false; } };

const lost = () => {
  if (live.ending || live.again || live.connecting || !live.stream?.getVideoTracks().some((t) => t.readyState === 'live')) return;
  live.again = setTimeout(async () => {
    live.again = null;
    try { await connect(); problem(''); } catch (error) { problem(`The connection was cut; trying again. ${error.message}`); lost(); }
  }, Math.min(10000, 500 * 2 ** live.tries++));
};

const attach = async () => {
  live.stream = await source();
  $('video').srcObject = live.stream;
  for (const track of live.stream.getTracks()) track.onended = () => { if (!live.ending) { button('continue').hidden = false; problem('The browser stopped sharing. Continue the call, or end it.'); } };
};

const start = async () => {
  problem('');
  if (!field('basis').value || !field('told').checked) return problem('Read the text to the candidate first, tick that you did, and say what the call rests on (step 1).');
  sessionStorage.setItem('verifier-live-source', element.querySelector('[name=live-source]:checked').value);
  await attach();
  const opened = await ask('POST', 'calls', { basis: field('basis').value, told: true, name: field('name').value });
  keep(opened.id);
  const refused = [];
  const most = Number(field('files').dataset.most);
  for (const file of field('files').files) {
    if (file.size > most) { refused.push(`${file.name}: not added, it is larger than ${most / 2 ** 30} GB.`); continue; }
    try { await ask('PUT', `${live.id}/files?name=${encodeURIComponent(file.name)}`, file); } catch (error) { refused.push(error.message); }
  }
  await connect();
  show('call');
  problem(refused.join('\n'));
  poll();
};

const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, '0')}`;
const list = (part, rows) => $(part).replaceChildren(...rows.map(([text, kind]) => Object.assign(document.createElement('li'), { textContent: text, className: kind })));
const draw = (s) => {
  const r = s.recording, cuts = r.gaps.video.length;
  $('rec').textContent = r.problem || (r.on ? `● Recording, ${clock(r.seconds)}${r.parts > 1 ? `, part ${r.parts}` : ''}${cuts ? `, ${cuts} gap${cuts > 1 ? 's' : ''} in the picture` : ''}` : 'Not recording: nothing arrives.');
  $('rec').className = r.on && !r.problem ? 'rec on' : 'rec';
  $('line').textContent = s.line || 'Waiting for the first picture.';
  const l = s.latency;
  $('figures').textContent = l.looks ? `Newest picture looked at after ${Math.round(l.p50_ms)} ms (19 of 20 times within ${Math.round(l.p95_ms)} ms), ${l.rate} times a second.` : '';
  $('figures').dataset.state = JSON.stringify(s);
  $('told').textContent = `${s.told} Basis: ${s.basis}.`;
  $('prompt-words').textContent = s.prompt ? `Ask: "${s.prompt.say}"` : s.prompts_left ? 'When it suits the talk, ask for one or two. They are drawn by chance.' : 'All prompts were asked for.';
  button('ask').hidden = Boolean(s.prompt) || !s.prompts_left;
  button('done').hidden = button('skipped').hidden = !s.prompt;
  const rows = [...s.findings.filter((f) => f.outcome !== 'not_applicable').map((f) => [f.statement, f.outcome]), ...s.notes.map((n) => [n, 'not_available'])];
  list('findings', rows.length ? rows : [['Nothing yet.', 'quiet']]);
  if (Boolean(s.slow) !== Boolean(live.slow)) pace(s.slow);
  if (!s.connected && live.pc && !live.ending && live.pc.connectionState !== 'connecting') lost();
};
const poll = () => {
  clearInterval(live.polling);
  live.polling = setInterval(async () => {
    if (!live.id || live.ending) return;
    try {
      const s = await ask('GET', `${live.id}/state`);
      if (s.recording) draw(s);
      else if (s.ended) { leave(); after('Recorded. It stays on this computer until you delete it.'); }
      else if (!live.again && !live.connecting) { problem('The tool was stopped during this call. What had been received is kept; connecting again.'); lost(); }
    } catch (error) {
      if (error.status === 404) { clearInterval(live.polling); keep(''); show('before'); }
      problem(error.message);
    }
  }, 700);
};

const leave = () => { live.ending = true; clearInterval(live.polling); clearTimeout(live.again); live.again = null; live.pc?.close(); live.pc = null; live.stream?.getTracks().forEach((t) => t.stop()); live.stream = null; };
const after = (text) => { show('after'); $('after-line').textContent = text; $('report').replaceChildren(); };
const end = async () => {
  leave();
  const ended = await ask('POST', `${live.id}/end`);
  after(ended.parts ? `Recorded in ${ended.parts} part${ended.parts > 1 ? 's' : ''}. It stays on this computer until you delete it.` : 'Nothing was received, so there is nothing to check.');
  problem('');
};
const report = async () => {
  button('report').disabled = true;
  try {
    let p = await ask('POST', `${live.id}/report`);
    while (['waiting', 'running'].includes(p.state)) {
      $('after-line').textContent = p.state === 'waiting' ? 'Waiting for other checks.' : `Looking at the recording: ${p.stage || 'getting ready'}.`;
      await new Promise((done) => setTimeout(done, 700));
      p = await ask('GET', `${live.id}/report`);
    }
    if (p.state !== 'done') throw new Error(p.reasons?.join('\n') || 'The check stopped because of an error in the tool. The recording is kept; try again.');
    $('after-line').textContent = 'The report is made from the recording and replaces what was shown during the call.';
    const data = await ask('GET', `${live.id}/report.json`);
    const link = (name, text, download) => Object.assign(document.createElement('a'), { href: `/live/${live.id}/${name}`, textContent: text, className: 'button', target: '_blank', ...(download ? { download: name } : {}) });
    const found = document.createElement('ul');
    found.className = 'so-far';
    found.append(...data.findings.filter((f) => ['observed', 'inconclusive', 'not_observed'].includes(f.outcome)).map((f) => Object.assign(document.createElement('li'), { textContent: f.statement, className: f.outcome })));
    $('report').replaceChildren(link('report.html', 'Open the report'), ' ', link('report.html', 'Download the report', true), ' ', link('report.json', 'Data (JSON)', true), found, NOT_JUDGED);
  } finally { button('report').disabled = false; }
};
const remove = async () => { await ask('DELETE', live.id); keep(''); live.ending = false; show('before'); before(); problem('The recording was deleted.'); };
const keepInCase = async () => { location.href = `/cases/?keep=${(await ask('POST', `${live.id}/keep`)).token}`; };
const fresh = () => { keep(''); live.ending = false; show('before'); before(); };
const resume = async () => { live.ending = false; await attach(); await connect(); button('continue').hidden = true; problem(''); poll(); };

const before = async () => {
  const kept = await ask('GET', 'calls').catch(() => []);
  $('kept').hidden = !kept.length;
  $('kept-list').replaceChildren(...kept.map((k) => {
    const row = document.createElement('li'), open = Object.assign(document.createElement('button'), { type: 'button', className: 'act', textContent: 'Open' });
    open.dataset.open = k.id;
    row.append(`${new Date(k.created).toLocaleString()} ${k.name}`, open);
    return row;
  }));
};
const opened = async () => {
  if (!live.id) { show('before'); return before(); }
  let s;
  try { s = await ask('GET', `${live.id}/state`); } catch { keep(''); show('before'); return before(); }
  if (s.ended) return after('Recorded. It stays on this computer until you delete it.');
  show('call');
  button('continue').hidden = false;
  problem(s.interrupted ? 'The tool was stopped during this call. What had been received is kept. Continue the call, or end it.' : 'The page was reloaded; the call is still open. Continue it, or end it.');
  if (!s.interrupted) { draw(s); poll(); }
};

const NOT_JUDGED = Object.assign(document.createElement('p'), { className: 'quiet', textContent: 'Whether the face itself is swapped or generated: not judged.' });
const ACTS = { start, end, report, keep: keepInCase, delete: remove, new: fresh, continue: resume };
element.addEventListener('click', async (event) => {
  const pressed = event.target.closest('[data-act], [data-open]');
  if (!pressed || pressed.disabled) return;
  pressed.disabled = true;
  try {
    if (pressed.dataset.open) { keep(pressed.dataset.open); live.ending = false; await opened(); }
    else if (ACTS[pressed.dataset.act]) await ACTS[pressed.dataset.act]();
    else draw(await ask('POST', `${live.id}/prompt`, { act: pressed.dataset.act }));
  } catch (error) { problem(error.message); } finally { pressed.disabled = false; }
});
opened();
