// What La Suite Meet's web client does (its `features/rooms`), without its window: `peer.js` with its options, its calls
// of the server, and its messages, byte for byte. Served by the contract server on every room's link.
import './lasuite_options.js';
import { RoomEvent, Track } from 'livekit-client';
import { room } from './peer.js';

const API = '/api/v1.0/rooms/';
const encoder = new TextEncoder();
const told = [];         // data packets without a topic, as they came
const unreadable = [];   // those that are no JSON: the web client reports each as an error
const captions = {};     // segment id -> { identity, text, final }
let access = null, here = '', waiting = [], lobby = null;

const cookie = (name) => document.cookie.split('; ').find((c) => c.startsWith(`${name}=`))?.slice(name.length + 1);

async function call(method, path, body, token) {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = `Bearer ${token}`;
  else if (cookie('csrftoken')) headers['X-CSRFToken'] = cookie('csrftoken');
  const answer = await fetch(`${API}${path}`, { method, headers, body: body && JSON.stringify(body), credentials: token ? 'omit' : 'same-origin' });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 200)}`);
  return text ? JSON.parse(text) : null;
}

const byToken = (what, body) => call('POST', `${here}/${what}/`, body, access.token);
const bySession = (what, body) => call('POST', `${here}/${what}/`, body);

const send = (type, data, to) => room.localParticipant.publishData(encoder.encode(JSON.stringify(data ? { type, data } : { type })),
  { reliable: true, ...(to && { destinationIdentities: to }) });

const person = (identity) => room.remoteParticipants.get(identity);
const leads = (p) => ['owner', 'administrator'].includes(p.attributes.room_role);

// ---- joining --------------------------------------------------------------------------------------------------------

async function enter(slug, username) {
  const found = await call('GET', `${slug}/?username=${encodeURIComponent(username)}`);
  here = found.id;
  access = found.livekit;
  lobby = null;
  while (!access) {
    lobby = await call('POST', `${here}/request-entry/`, { username });
    if (lobby.status === 'denied') return 'denied';
    access = lobby.livekit;
    if (!access) await new Promise((done) => setTimeout(done, 1000));
  }
  await room.connect(access.url, access.token, { maxRetries: 5, peerConnectionTimeout: 60_000 });
  return 'connected';
}

let polling = false;
async function pollWaiting() {
  if (polling) return;
  polling = true;
  do {
    waiting = (await call('GET', `${here}/waiting-participants/`)).participants;
    if (waiting.length) await new Promise((done) => setTimeout(done, 1000));
  } while (waiting.length);
  polling = false;
}

// ---- what arrives ---------------------------------------------------------------------------------------------------

room.on(RoomEvent.DataReceived, (payload, participant, _kind, topic) => {
  if (topic) return;
  const text = new TextDecoder().decode(payload);
  try {
    const message = JSON.parse(text);
    told.push({ from: participant?.identity ?? '', ...message });
    if (message.type === 'participantWaiting' && leads(room.localParticipant)) pollWaiting();
  } catch {
    unreadable.push(text);
  }
});
room.on(RoomEvent.TranscriptionReceived, (segments, participant) => {
  for (const { id, text, final } of segments) captions[id] = { identity: participant?.identity ?? '', text, final };
});

// ---- what the test asks for -----------------------------------------------------------------------------------------

async function setSources(sources, others) {
  const configuration = { ...JSON.parse(room.metadata || '{}').configuration, can_publish_sources: sources };
  await call('PATCH', `${here}/`, { configuration });
  const all = ['camera', 'microphone', 'screen_share', 'screen_share_audio'];
  const removed = all.filter((source) => !sources.includes(source));
  for (const p of others) {
    const permission = { can_subscribe: true, can_publish: sources.length > 0, can_publish_data: true, can_publish_sources: sources };
    await bySession('update-participant', { participant_identity: p.identity, permission });
  }
  if (removed.length) await send('permissionsRemoved', { removedSources: removed }, others.map((p) => p.identity));
}

window.lasuite = {
  enter,
  logIn(cookies) {
    for (const [name, value] of Object.entries(cookies)) document.cookie = `${name}=${value}; path=/`;
  },
  logOut: () => document.cookie.split('; ').forEach((c) => { document.cookie = `${c.split('=')[0]}=; path=/; max-age=0`; }),
  camera: (options) => window.peer.publishPicture('camera', { width: 1280, height: 720, codec: 'vp9', bitrate: 1_700_000, simulcast: true, backup: true, ...options }),
  screen: (options) => window.peer.publishPicture('screen', { width: 1920, height: 1080, fps: 15, codec: 'vp9', bitrate: 2_500_000, backup: true, ...options }),
  async edit(id, text) {  // as the library's `editMessage`: the same id once more
    const writer = await room.localParticipant.streamText({ topic: 'lk.chat', streamId: id });
    await writer.write(text);
    await writer.close();
    const legacy = JSON.stringify({ id, timestamp: Date.now(), editTimestamp: Date.now(), message: text, ignoreLegacy: true });
    await room.localParticipant.publishData(encoder.encode(legacy), { reliable: true, topic: 'lk-chat-topic' });
  },
  react: (emoji) => send('reactionReceived', { emoji }),
  raw: (text, topic, to) => room.localParticipant.publishData(encoder.encode(text), { reliable: true, topic, ...(to && { destinationIdentities: to }) }),
  notify: send,
  hand: (raised) => byToken('toggle-hand', { raised }),
  rename: (name) => byToken('rename', { name }),
  lowerHand: (identity) => bySession('update-participant',
    { participant_identity: identity, attributes: { ...person(identity).attributes, handRaisedAt: '' } }),
  async mute(identity) {
    const track_sid = person(identity).getTrackPublication(Track.Source.Microphone).trackSid;
    const body = { participant_identity: identity, track_sid };
    await (leads(room.localParticipant) ? bySession('mute-participant', body) : byToken('mute-participant', body));
    await send('participantMuted', undefined, [identity]);
  },
  remove: (identity) => bySession('remove-participant', { participant_identity: identity }),
  role: (identity, role) => bySession('update-participant-role', { participant_identity: identity, role }),
  change: (what) => call('PATCH', `${here}/`, what),
  sources: (sources) => setSources(sources, [...room.remoteParticipants.values()].filter((p) => !leads(p))),
  admit: (id, allowed) => bySession('enter', { participant_id: id, allow_entry: allowed }),
  async startRecording(mode) {
    await bySession('start-recording', { mode, options: { language: 'fr' } });
    await send(mode === 'transcript' ? 'transcriptionStarted' : 'screenRecordingStarted');
  },
  async stopRecording(mode) {
    await bySession('stop-recording', {});
    await send(mode === 'transcript' ? 'transcriptionStopped' : 'screenRecordingStopped');
  },
  askToRecord: (mode) => send(mode === 'transcript' ? 'transcriptionRequested' : 'screenRecordingRequested'),
  subtitles: () => byToken('start-subtitle'),
  state: () => ({
    ...window.peer.state(), told, unreadable, captions, waiting, lobby,
    me: { identity: room.localParticipant.identity, name: room.localParticipant.name, attributes: room.localParticipant.attributes,
      metadata: room.localParticipant.metadata, permissions: room.localParticipant.permissions,
      sending: [...room.localParticipant.trackPublications.values()].map((p) => ({ source: p.source, muted: p.isMuted })) },
    metadata: room.metadata, recording: room.isRecording,
    details: [...room.remoteParticipants.values()].map((p) => ({ identity: p.identity, metadata: p.metadata, kind: p.kind })),
  }),
  async sent() {  // what the encoders do now
    const found = [];
    for (const publication of room.localParticipant.videoTrackPublications.values()) {
      const reports = await publication.track?.sender?.getStats() ?? new Map();
      for (const report of reports.values()) if (report.type === 'outbound-rtp')
        found.push({ source: publication.source, codec: reports.get(report.codecId)?.mimeType ?? '', width: report.frameWidth ?? 0,
          height: report.frameHeight ?? 0, frames: report.framesEncoded ?? 0, active: report.active, mode: report.scalabilityMode ?? '' });
    }
    return found;
  },
  async received() {
    return (await window.peer.stats()).filter((r) => r.kind === 'video').map((r) => ({ participant: r.participant, width: r.frameWidth ?? 0,
      height: r.frameHeight ?? 0, frames: r.framesDecoded ?? 0, decoder: r.decoderImplementation ?? '', codec: r.codecId ?? '' }));
  },
};
