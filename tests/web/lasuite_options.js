// Before `peer.js` makes its room: the options of La Suite Meet's web client (`Conference.tsx`).
window.roomOptions = { adaptiveStream: true, dynacast: true, publishDefaults: { videoCodec: 'vp9' } };
