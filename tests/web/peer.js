// Another participant in a browser: livekit-client with a canvas as camera and a tone as microphone. What it sees and
// hears is read back from the page.
// livekit-client stays at 2.17: with 2.23 every publication waits 15 s on a server 1.8.4, seen in these tests.
import { BaseKeyProvider, ConnectionState, ExternalE2EEKeyProvider, Room, RoomEvent, Track } from 'livekit-client';
import worker from 'livekit-client/e2ee-worker';
import { heard, listen, picture, seen, tone, watch } from './media.js';

const query = new URLSearchParams(location.search);
const [tileWidth, tileHeight] = (query.get('tile') || '480x270').split('x').map(Number);
const passphrase = query.get('passphrase');  // encrypts end to end
const eachOwnKey = query.get('each_own_key');  // as well, as Element Call does: `useKey` gives everybody's

// Element Call's provider for keys that come through Matrix: raw bytes, a ring of 256 for each participant.
class MatrixKeys extends BaseKeyProvider {
  constructor() { super({ ratchetWindowSize: 10, keyringSize: 256 }); }

  async use(identity, index, base64) {
    const raw = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    this.onSetEncryptionKey(await crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveBits', 'deriveKey']), identity, index);
  }
}

const keyProvider = eachOwnKey ? new MatrixKeys() : new ExternalE2EEKeyProvider();
const encryption = (passphrase || eachOwnKey) && { keyProvider, worker: new Worker(URL.createObjectURL(new Blob([worker], { type: 'text/javascript' }))) };
// A page before this one may say otherwise: `lasuite.js` does.
const options = { adaptiveStream: false, dynacast: false, ...window.roomOptions, ...(encryption && { [eachOwnKey ? 'e2ee' : 'encryption']: encryption }) };
export const room = new Room(options);
const started = { loaded: Date.now(), joinClicked: null, connected: null, firstVideoFrame: null, disconnected: null };
const tiles = new Map();   // publication sid -> what was seen
const sounds = new Map();  // publication sid -> what was heard
const chat = [], data = [], publishing = new Map();

// ---- what is sent ---------------------------------------------------------------------------------------------------

async function publishPicture(source, { width = 640, height = 360, fps = 30, codec = 'vp8', simulcast = false, bitrate = 800_000, backup = false } = {}) {
  const { track, stop } = picture({ width, height, fps, hue: source === 'screen' ? 200 : 20 });
  const encoding = { maxBitrate: bitrate, maxFramerate: fps };
  const publication = await room.localParticipant.publishTrack(track, {
    source: source === 'screen' ? Track.Source.ScreenShare : Track.Source.Camera,
    name: source, simulcast, videoCodec: codec, videoEncoding: encoding, screenShareEncoding: encoding, backupCodec: backup,
    degradationPreference: 'maintain-resolution',  // a busy machine sends fewer frames, not smaller ones
  });
  publishing.set(source, { publication, stop });
}

async function publishTone(hz) {
  const { track, stop } = tone(hz);
  const publication = await room.localParticipant.publishTrack(track,
    { source: Track.Source.Microphone, name: 'microphone', dtx: false, red: query.get('red') !== '0' });
  publishing.set('microphone', { publication, stop });
}

// ---- what arrives ---------------------------------------------------------------------------------------------------

function watchPicture({ trackSid }, video) {
  tiles.set(trackSid, watch(video, {
    every: Number(query.get('read_every') || 3),
    isOver: (tile) => tiles.get(trackSid) !== tile,
    onFrame: () => { started.firstVideoFrame ??= Date.now(); },
  }));
}

function watchSound({ trackSid }, track) {
  if (query.get('listen') !== '0') sounds.set(trackSid, listen(track.mediaStreamTrack));
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
  return { sid: publication.trackSid, source: publication.source, muted: publication.isMuted,
    subscribed: publication.isSubscribed, codec: publication.mimeType ?? '', ...(tile && seen(tile)), ...(sound && heard(sound)) };
}

const participantState = (p) => ({
  identity: p.identity, name: p.name, attributes: p.attributes, speaking: p.isSpeaking, quality: p.connectionQuality,
  publications: [...p.trackPublications.values()].map(publicationState),
});

window.peer = {
  async join(url, token) {
    started.joinClicked = Date.now();
    if (passphrase) await keyProvider.setKey(passphrase);
    if (encryption) await room.setE2EEEnabled(true);
    await room.connect(url, token);
    started.connected = Date.now();
  },
  publishPicture, publishTone,
  useKey: (identity, index, base64) => keyProvider.use(identity, index, base64),
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
