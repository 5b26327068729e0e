// Another participant in a browser: livekit-client with a canvas as camera and a tone as microphone. What it sees and
// hears is read back from the page: bar codes of the frame clock (visio_desktop/media/frame_clock.py), tones, sizes.
// livekit-client stays at 2.17: with 2.23 every publication waits 15 s on a server 1.8.4, seen in these tests.
import { ConnectionState, ExternalE2EEKeyProvider, Room, RoomEvent, Track } from 'livekit-client';
import worker from 'livekit-client/e2ee-worker';

const CELLS = 20, CHECK_BITS = 4, BAR_ROWS = 16;
const query = new URLSearchParams(location.search);
const [tileWidth, tileHeight] = (query.get('tile') || '480x270').split('x').map(Number);
const passphrase = query.get('passphrase');  // encrypts end to end
const keyProvider = new ExternalE2EEKeyProvider();
const encryption = passphrase && { keyProvider, worker: new Worker(URL.createObjectURL(new Blob([worker], { type: 'text/javascript' }))) };
// A page before this one may say otherwise: `lasuite.js` does.
const options = { adaptiveStream: false, dynacast: false, ...window.roomOptions, ...(encryption && { encryption }) };
export const room = new Room(options);
const started = { loaded: Date.now(), joinClicked: null, connected: null, firstVideoFrame: null, disconnected: null };
const tiles = new Map();   // publication sid -> what was seen
const sounds = new Map();  // publication sid -> what was heard
const chat = [], data = [], publishing = new Map();
let audio = null;

const check = (v) => (v ^ (v >> 4) ^ (v >> 8) ^ (v >> 12) ^ 0xA) & 0xF;

function drawFrame(pen, width, height, n, hue) {
  pen.fillStyle = `hsl(${hue} 40% ${40 + 15 * Math.sin(n / 20)}%)`;
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = '#ddd';
  const side = height / 4;
  pen.fillRect((width - side) * (0.5 + 0.5 * Math.sin(n / 25)), (height - side) * (0.5 + 0.5 * Math.cos(n / 17)), side, side);
  const value = Date.now() & 0xFFFF, code = (value << CHECK_BITS) | check(value), cell = Math.floor(width / CELLS);
  for (let i = 0; i < CELLS; i++) {
    pen.fillStyle = (code >> (CELLS - 1 - i)) & 1 ? '#fff' : '#000';
    pen.fillRect(i * cell, 0, cell, BAR_ROWS);
  }
}

const reader = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
function readCode(video) {
  const width = video.videoWidth;
  if (width < CELLS * 4) return null;
  if (reader.canvas.width !== width) Object.assign(reader.canvas, { width, height: 2 });
  reader.drawImage(video, 0, 1, width, 2, 0, 0, width, 2);
  const pixels = reader.getImageData(0, 0, width, 1).data;
  let code = 0;
  for (let i = 0; i < CELLS; i++) code = (code << 1) | (pixels[4 * Math.floor((i + 0.5) * width / CELLS) + 1] > 126);
  const value = code >> CHECK_BITS;
  return check(value) === (code & 0xF) ? value : null;
}

// ---- what is sent ---------------------------------------------------------------------------------------------------

async function publishPicture(source, { width = 640, height = 360, fps = 30, codec = 'vp8', simulcast = false, bitrate = 800_000, backup = false } = {}) {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const pen = canvas.getContext('2d');
  let n = 0;
  const hue = source === 'screen' ? 200 : 20;
  drawFrame(pen, width, height, n, hue);
  const timer = setInterval(() => drawFrame(pen, width, height, ++n, hue), 1000 / fps);
  const track = canvas.captureStream(fps).getVideoTracks()[0];
  const encoding = { maxBitrate: bitrate, maxFramerate: fps };
  const publication = await room.localParticipant.publishTrack(track, {
    source: source === 'screen' ? Track.Source.ScreenShare : Track.Source.Camera,
    name: source, simulcast, videoCodec: codec, videoEncoding: encoding, screenShareEncoding: encoding, backupCodec: backup,
    degradationPreference: 'maintain-resolution',  // a busy machine sends fewer frames, not smaller ones
  });
  publishing.set(source, { publication, stop: () => clearInterval(timer) });
}

async function publishTone(hz) {
  audio ??= new AudioContext({ sampleRate: 48000 });
  const oscillator = new OscillatorNode(audio, { frequency: hz });
  const gain = new GainNode(audio, { gain: 0.3 }), out = audio.createMediaStreamDestination();
  oscillator.connect(gain).connect(out);
  oscillator.start();
  const publication = await room.localParticipant.publishTrack(out.stream.getAudioTracks()[0],
    { source: Track.Source.Microphone, name: 'microphone', dtx: false, red: query.get('red') !== '0' });
  publishing.set('microphone', { publication, stop: () => oscillator.stop() });
}

// ---- what arrives ---------------------------------------------------------------------------------------------------

function watchPicture(publication, video) {
  const tile = { video, frames: 0, codes: 0, unread: 0, lastCode: null, ages: [], firstAt: Date.now(), lastAt: 0 };
  tiles.set(publication.trackSid, tile);
  const every = Number(query.get('read_every') || 3);
  const onFrame = (now, meta) => {
    if (tiles.get(publication.trackSid) !== tile) return;
    video.requestVideoFrameCallback(onFrame);
    started.firstVideoFrame ??= Date.now();
    tile.frames = meta.presentedFrames;
    tile.lastAt = now;
    if (every === 0 || meta.presentedFrames % every) return;
    const code = readCode(video);
    if (code === null) { tile.unread++; return; }
    if (code !== tile.lastCode) tile.codes++;
    tile.lastCode = code;
    tile.ages.push((Math.round(Date.now() + meta.expectedDisplayTime - performance.now()) - code) & 0xFFFF);
    if (tile.ages.length > 300) tile.ages.shift();
  };
  video.requestVideoFrameCallback(onFrame);
}

function watchSound(publication, track) {
  if (query.get('listen') === '0') return;
  audio ??= new AudioContext({ sampleRate: 48000 });
  const analyser = new AnalyserNode(audio, { fftSize: 8192, smoothingTimeConstant: 0 });
  audio.createMediaStreamSource(new MediaStream([track.mediaStreamTrack])).connect(analyser);
  sounds.set(publication.trackSid, { analyser });
}

function heard({ analyser }) {
  const bins = new Float32Array(analyser.frequencyBinCount), samples = new Float32Array(analyser.fftSize);
  analyser.getFloatFrequencyData(bins);
  analyser.getFloatTimeDomainData(samples);
  const top = bins.reduce((best, value, i) => (value > bins[best] ? i : best), 0);
  const rms = Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length);
  return { tone_hz: top * audio.sampleRate / analyser.fftSize, level_db: rms > 0 ? 20 * Math.log10(rms) : -127 };
}

room.on(RoomEvent.TrackSubscribed, (track, publication) => {
  const element = track.attach();
  element.style.cssText = `width:${tileWidth}px;height:${tileHeight}px;display:block;object-fit:cover`;
  (track.kind === Track.Kind.Video ? document.getElementById('grid') : document.body).appendChild(element);
  if (track.kind === Track.Kind.Video) watchPicture(publication, element);
  else watchSound(publication, track);
});
room.on(RoomEvent.TrackUnsubscribed, (track, publication) => {
  track.detach().forEach((element) => element.remove());
  tiles.delete(publication.trackSid);
  sounds.delete(publication.trackSid);
});
room.on(RoomEvent.Disconnected, () => { started.disconnected = Date.now(); });
room.registerTextStreamHandler('lk.chat', async (stream, { identity }) => {
  chat.push({ from: identity, id: stream.info.id, text: await stream.readAll(), way: 'stream' });
});
room.on(RoomEvent.DataReceived, (payload, participant, _kind, topic) => {
  const text = new TextDecoder().decode(payload);
  if (topic === 'lk-chat-topic') {
    const message = JSON.parse(text);
    if (!message.ignoreLegacy) chat.push({ from: participant?.identity, id: message.id, text: message.message, way: 'legacy' });
  } else data.push({ from: participant?.identity, topic, text });
});

// ---- what the test asks for -----------------------------------------------------------------------------------------

function publicationState(publication) {
  const tile = tiles.get(publication.trackSid), sound = sounds.get(publication.trackSid);
  const seen = tile && {
    width: tile.video.videoWidth, height: tile.video.videoHeight, frames: tile.frames, codes: tile.codes,
    unread: tile.unread, last_code: tile.lastCode, ages_ms: tile.ages,
  };
  return { sid: publication.trackSid, source: publication.source, muted: publication.isMuted,
    subscribed: publication.isSubscribed, codec: publication.mimeType ?? '', ...seen, ...(sound && heard(sound)) };
}

const participantState = (p) => ({
  identity: p.identity, name: p.name, attributes: p.attributes, speaking: p.isSpeaking, quality: p.connectionQuality,
  publications: [...p.trackPublications.values()].map(publicationState),
});

window.peer = {
  async join(url, token) {
    started.joinClicked = Date.now();
    if (passphrase) {
      await keyProvider.setKey(passphrase);
      await room.setE2EEEnabled(true);
    }
    await room.connect(url, token);
    started.connected = Date.now();
  },
  publishPicture, publishTone,
  async unpublish(source) {
    const { publication, stop } = publishing.get(source);
    stop();
    publishing.delete(source);
    await room.localParticipant.unpublishTrack(publication.track);
  },
  mute: (source, muted) => (muted ? publishing.get(source).publication.mute() : publishing.get(source).publication.unmute()),
  async say(text) {
    const { id } = await room.localParticipant.sendText(text, { topic: 'lk.chat' });
    const legacy = JSON.stringify({ id, timestamp: Date.now(), message: text, ignoreLegacy: true });
    await room.localParticipant.publishData(new TextEncoder().encode(legacy), { reliable: true, topic: 'lk-chat-topic' });
  },
  sayLegacy: (id, text) => room.localParticipant.publishData(
    new TextEncoder().encode(JSON.stringify({ id, timestamp: Date.now(), message: text })), { reliable: true, topic: 'lk-chat-topic' }),
  hand: (raised) => room.localParticipant.setAttributes({ handRaisedAt: raised ? new Date().toISOString() : '' }),
  leave: () => room.disconnect(),
  state: () => ({
    connected: room.state === ConnectionState.Connected, started, chat, data, now: Date.now(),
    participants: [...room.remoteParticipants.values()].map(participantState),
  }),
  async stats() {
    const found = [];
    for (const p of room.remoteParticipants.values()) for (const publication of p.trackPublications.values()) {
      if (!publication.track?.receiver) continue;
      for (const report of (await publication.track.receiver.getStats()).values())
        if (report.type === 'inbound-rtp') found.push({ participant: p.identity, ...report });
    }
    return found;
  },
};
document.body.insertAdjacentHTML('beforeend', '<div id="grid"></div>');
document.body.style.cssText = 'margin:0;background:#222';
document.getElementById('grid').style.cssText = 'display:flex;flex-wrap:wrap;width:1280px;align-content:flex-start';
if (query.get('url')) window.peer.join(query.get('url'), query.get('token'));
